enum MesosDNSPlaceholder {}
