enum AppModelPlaceholder {}
