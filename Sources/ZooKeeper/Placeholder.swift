enum ZooKeeperPlaceholder {}
