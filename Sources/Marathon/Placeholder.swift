enum MarathonPlaceholder {}
