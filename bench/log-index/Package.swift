// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "log-index",
    targets: [
        // The module alone, through a symbolic link: it needs nothing else of the project.
        .target(
            name: "TransactionLog",
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility")]),
        .executableTarget(name: "log-index", dependencies: ["TransactionLog"]),
    ],
    swiftLanguageModes: [.v6]
)
