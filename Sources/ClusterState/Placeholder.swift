enum ClusterStatePlaceholder {}
