// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "group-commit",
    dependencies: [.package(name: "dcos", path: "../..")],
    targets: [
        .target(name: "CLoop", linkerSettings: [.linkedLibrary("zookeeper_mt")]),
        .executableTarget(name: "group-commit", dependencies: ["CLoop", .product(name: "ZooKeeper", package: "dcos")]),
    ],
    swiftLanguageModes: [.v6]
)
