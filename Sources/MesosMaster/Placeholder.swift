enum MesosMasterPlaceholder {}
