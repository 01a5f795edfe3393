// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that only the client is built with a sanitizer.
let package = Package(
    name: "sanitized",
    dependencies: [.package(name: "dcos", path: "../..")],
    targets: [.executableTarget(name: "zookeeper-stress", dependencies: [.product(name: "ZooKeeper", package: "dcos")])],
    swiftLanguageModes: [.v6]
)
