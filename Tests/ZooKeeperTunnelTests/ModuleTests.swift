import ZooKeeperTunnel
import Testing
