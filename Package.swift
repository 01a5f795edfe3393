// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// What a module may import of the outside world; see docs/dependencies.md for why each is here.
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let dequeModule = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let orderedCollections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")

/// A library of ours: strict Swift 6, nothing else set.
func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The test target of one module.
func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: strict)
}

let package = Package(
    name: "dcos",
    products: [
        .executable(name: "dcosd", targets: ["dcosd"]),
        .executable(name: "dcos", targets: ["dcos"]),
        .executable(name: "task-shim", targets: ["task-shim"]),
        // For the benchmarks, which are packages of their own.
        .library(name: "ZooKeeper", targets: ["ZooKeeper"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C bridges
        .systemLibrary(name: "CZooKeeper", providers: [.apt(["libzookeeper-mt-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CLinux"),

        // Ground
        library("ZooKeeper", ["CZooKeeper", logging, dequeModule]),
        library("ResourceModel", []),
        library("ClusterState", ["ResourceModel", crypto]),
        library(
            "Platform",
            [
                "CLinux", "CZlib", logging, metrics, lifecycle, nioCore, nioPosix, httpTypes, hummingbird, hummingbirdCore, httpClient,
                arguments,
            ]),

        // The sources of its generated part lie beside it.
        .target(
            name: "MesosProtobuf", dependencies: ["ResourceModel", protobuf], exclude: ["proto"], swiftSettings: strict),

        // What masters and agents do alike with the calls of the v1 API.
        library("MesosHTTP", ["MesosProtobuf", "Platform", httpTypes, hummingbird, nioCore]),

        // Pure libraries
        library("Allocator", ["ResourceModel"]),
        library("AppModel", []),
        library("TaskProcess", []),
        library("OfferMatcher", ["AppModel", "ResourceModel"]),
        library("DeploymentPlanner", ["AppModel"]),
        library("DNSWire", []),
        library("EnsembleModel", []),
        library("TransactionLog", []),
        library("SchedulerClient", ["ResourceModel", "ClusterState", "ZooKeeper", "Platform", httpClient, logging, nioCore]),

        // Outer services
        library("ObjectStorage", [crypto, cryptoExtras, httpClient, nioCore, nioHTTP1, nioPosix, logging]),
        library(
            "SharedConfiguration",
            [
                "ClusterState", "EnsembleModel", "ObjectStorage", "ZooKeeper", "Platform", crypto, httpClient, nioCore, nioHTTP1, nioPosix,
                logging,
            ]),
        library("EnsembleBackup", ["CLinux", "CZlib", "EnsembleModel", "TransactionLog", "Platform", nioPosix]),
        library("ZooKeeperTunnel", ["ZooKeeper", nioCore, nioPosix, nioTLS, nioSSL, logging]),

        // Systems
        library(
            "Exhibitor",
            [
                "Platform", "ZooKeeper", "CLinux", "EnsembleModel", "SharedConfiguration", "ObjectStorage", "TransactionLog",
                "EnsembleBackup", "ZooKeeperTunnel", crypto, hummingbird, hummingbirdCore, hummingbirdTLS, httpTypes, httpClient, nioCore,
                nioPosix, nioHTTP1,
                nioSSL, logging, lifecycle,
            ]),
        library(
            "MesosMaster",
            [
                "Platform", "ZooKeeper", "ClusterState", "ResourceModel", "MesosProtobuf", "MesosHTTP", "Allocator", "CLinux", dequeModule,
                crypto,
                nioCore, nioPosix, httpTypes, hummingbird, logging, lifecycle,
            ]),
        library(
            "MesosAgent",
            [
                "Platform", "ZooKeeper", "ClusterState", "ResourceModel", "MesosProtobuf", "MesosHTTP", "CLinux", "TaskProcess",
                "SchedulerClient", hummingbird, httpClient, logging, lifecycle, nioCore, nioPosix, nioHTTP1, httpTypes, crypto,
            ]),
        library(
            "Marathon",
            [
                "Platform", "ZooKeeper", "ClusterState", "ResourceModel", "AppModel", "OfferMatcher", "DeploymentPlanner",
                "SchedulerClient", hummingbird, httpClient, logging, lifecycle, nioCore, nioPosix, nioHTTP1, httpTypes,
            ]),
        library(
            "MesosDNS",
            [
                "Platform", "ZooKeeper", "ClusterState", "ResourceModel", "DNSWire", "CLinux", crypto, hummingbird, httpTypes, nioCore,
                nioPosix, logging, lifecycle,
            ]),
        library(
            "Simulation",
            [
                "Platform", "ZooKeeper", "ClusterState", "ResourceModel", "SchedulerClient", httpClient, logging, lifecycle, nioCore,
                nioHTTP1, nioPosix,
            ]),
        library("LocalCluster", ["Platform", httpClient, nioCore, nioHTTP1, logging, lifecycle]),

        // Real parts for tests of other modules
        library("ObjectStorageTesting", ["Platform", httpClient, nioCore, nioHTTP1, nioPosix]),
        library("EnsembleTesting", ["Exhibitor", "EnsembleModel", "Platform"]),

        // Executables
        .executableTarget(
            name: "dcosd",
            dependencies: [
                "Exhibitor", "MesosMaster", "MesosAgent", "Marathon", "MesosDNS", "LocalCluster", "Platform", "EnsembleModel",
                "EnsembleBackup", "SharedConfiguration", "ZooKeeperTunnel", "Simulation", "ClusterState", "ResourceModel", "ZooKeeper",
                arguments, lifecycle, logging,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "dcos", dependencies: ["ZooKeeper", "ZooKeeperTunnel", "ClusterState", arguments, logging], swiftSettings: strict),
        .executableTarget(name: "task-shim", dependencies: ["CLinux", "TaskProcess"], swiftSettings: strict),

        tests(of: "ZooKeeper", ["EnsembleTesting", "EnsembleModel", logging]),
        tests(of: "ResourceModel"),
        tests(of: "MesosProtobuf", ["ResourceModel", protobuf]),
        tests(
            of: "Simulation",
            ["EnsembleTesting", "MesosMaster", "ZooKeeper", "ClusterState", "ResourceModel", "Platform", logging, lifecycle]),
        tests(of: "ClusterState", ["ResourceModel"]),
        tests(of: "Platform", [nioCore]),
        tests(of: "LocalCluster"),
        .testTarget(
            name: "ClusterTests",
            dependencies: [
                "LocalCluster", "Platform", "DNSWire", "ZooKeeper", "ClusterState", "ResourceModel", httpClient, nioCore, nioHTTP1, logging,
                lifecycle,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EnsembleFaultTests",
            dependencies: ["EnsembleModel", "Platform", "ZooKeeper", httpClient, nioCore, nioHTTP1, nioPosix, logging],
            swiftSettings: strict),
        tests(of: "TaskProcess"),
        tests(
            of: "MesosAgent",
            [
                "EnsembleTesting", "ZooKeeper", "ClusterState", "ResourceModel", "MesosProtobuf", "MesosMaster", "TaskProcess", "Platform",
                "dcosd", "task-shim", hummingbird, httpClient, nioCore, nioHTTP1, logging, lifecycle,
            ]),
        .testTarget(name: "TaskShimTests", dependencies: ["TaskProcess", "CLinux", "task-shim"], swiftSettings: strict),
        tests(
            of: "Exhibitor",
            [
                "EnsembleTesting", "EnsembleModel", "EnsembleBackup", "ObjectStorage", "ObjectStorageTesting", "SharedConfiguration",
                "TransactionLog", "ZooKeeper", "Platform", hummingbird, httpTypes, httpClient, nioCore, nioHTTP1, logging,
            ]),
        tests(
            of: "EnsembleBackup",
            ["EnsembleTesting", "Exhibitor", "EnsembleModel", "ZooKeeper", "Platform", "TransactionLog", "dcosd", logging]),
        tests(of: "EnsembleModel"),
        tests(of: "TransactionLog"),
        tests(of: "ObjectStorage", ["ObjectStorageTesting", crypto, cryptoExtras, httpClient, nioCore, nioHTTP1, nioPosix, logging]),
        tests(
            of: "SharedConfiguration",
            ["ClusterState", "EnsembleModel", "ObjectStorage", "ObjectStorageTesting", "EnsembleTesting", "ZooKeeper", nioCore, logging]),
        tests(
            of: "ZooKeeperTunnel",
            ["EnsembleTesting", "EnsembleModel", "Exhibitor", "Platform", "ZooKeeper", nioCore, nioPosix, nioSSL, logging]),
        tests(of: "SchedulerClient"),
        tests(
            of: "Marathon",
            [
                "AppModel", "ClusterState", "ResourceModel", "ZooKeeper", "EnsembleTesting", "SchedulerClient", httpClient, nioCore,
                nioHTTP1, logging,
            ]),
        tests(of: "Allocator", ["ResourceModel"]),
        tests(
            of: "MesosMaster",
            [
                "Allocator", "ClusterState", "ResourceModel", "MesosProtobuf", "MesosHTTP", "Platform", "ZooKeeper", "EnsembleTesting",
                httpClient, lifecycle, logging, nioCore, nioHTTP1,
            ]),
        tests(of: "DNSWire"),
        tests(of: "MesosDNS", ["DNSWire", "ResourceModel", "ClusterState", "ZooKeeper", "EnsembleTesting", nioCore, nioPosix, logging]),
        tests(of: "AppModel"),
        tests(of: "DeploymentPlanner", ["AppModel"]),
        tests(of: "OfferMatcher", ["AppModel", "ResourceModel"]),
    ],
    swiftLanguageModes: [.v6]
)
