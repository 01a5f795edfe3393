enum ExhibitorPlaceholder {}
