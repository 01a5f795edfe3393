enum OfferMatcherPlaceholder {}
