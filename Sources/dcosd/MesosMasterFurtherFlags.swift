import ArgumentParser
import ClusterState
import FoundationEssentials
import MesosMaster
import Platform

/// Flags of the original that change nothing here: they are accepted, so that a unit file needs no edits, and shown. One
/// that asks for what is not done, such as authentication, is refused rather than ignored.
struct MesosMasterFurtherFlags: ParsableArguments {
    @Option(name: .customLong("registry_fetch_timeout"), help: "Accepted; ZooKeeper keeps the registry.")
    var registryFetchTimeout: String?
    @Option(name: .customLong("registry_store_timeout"), help: "Accepted; ZooKeeper keeps the registry.")
    var registryStoreTimeout: String?
    @Option(name: .customLong("registry_strict"), help: "Accepted as false.")
    var registryStrict: String?
    @Option(name: .customLong("log_auto_initialize"), help: "Accepted; there is no replicated log.")
    var logAutoInitialize: String?
    @Option(name: .customLong("allocator"), help: "HierarchicalDRF.")
    var allocator: String?
    @Option(name: .customLong("user_sorter"), help: "drf.")
    var userSorter: String?
    @Option(name: .customLong("framework_sorter"), help: "drf.")
    var frameworkSorter: String?
    @Option(name: .customLong("webui_dir"), help: "Accepted; there are no static pages.")
    var webuiDir: String?
    @Option(name: .customLong("quiet"), help: "Accepted; see logging_level.")
    var quiet: String?
    @Option(name: [.customLong("authenticate_agents"), .customLong("authenticate_slaves")], help: "Accepted as false.")
    var authenticateAgents: String?
    @Option(name: [.customLong("authenticate_frameworks"), .customLong("authenticate")], help: "Accepted as false.")
    var authenticateFrameworks: String?
    @Option(name: .customLong("authenticate_http_readonly"), help: "Accepted as false.")
    var authenticateHttpReadonly: String?
    @Option(name: [.customLong("authenticate_http_readwrite"), .customLong("authenticate_http")], help: "Accepted as false.")
    var authenticateHttpReadwrite: String?
    @Option(name: .customLong("authenticators"), help: "Accepted; nothing is authenticated.")
    var authenticators: String?
    @Option(name: .customLong("authorizers"), help: "Accepted; everything is allowed.")
    var authorizers: String?
    @Option(name: .customLong("http_authenticators"), help: "Accepted; nothing is authenticated.")
    var httpAuthenticators: String?
    @Option(name: .customLong("http_framework_authenticators"), help: "Accepted; nothing is authenticated.")
    var httpFrameworkAuthenticators: String?
    @Option(name: .customLong("hooks"), help: "Accepted; there are no hooks.")
    var hooks: String?
    @Option(name: .customLong("modules"), help: "Accepted; there are no modules.")
    var modules: String?
    @Option(name: .customLong("modules_dir"), help: "Accepted; there are no modules.")
    var modulesDir: String?

    /// Name, value given, value without one.
    private var all: [(name: String, given: String?, standard: String?)] {
        [
            ("registry_fetch_timeout", registryFetchTimeout, "1mins"),
            ("registry_store_timeout", registryStoreTimeout, "20secs"),
            ("registry_strict", registryStrict, "false"),
            ("log_auto_initialize", logAutoInitialize, "true"),
            ("allocator", allocator, "HierarchicalDRF"),
            ("user_sorter", userSorter, "drf"),
            ("framework_sorter", frameworkSorter, "drf"),
            ("webui_dir", webuiDir, nil),
            ("quiet", quiet, "false"),
            ("authenticate_agents", authenticateAgents, "false"),
            ("authenticate_frameworks", authenticateFrameworks, "false"),
            ("authenticate_http_readonly", authenticateHttpReadonly, "false"),
            ("authenticate_http_readwrite", authenticateHttpReadwrite, "false"),
            ("authenticators", authenticators, "crammd5"),
            ("authorizers", authorizers, "local"),
            ("http_authenticators", httpAuthenticators, "basic"),
            ("http_framework_authenticators", httpFrameworkAuthenticators, nil),
            ("hooks", hooks, nil),
            ("modules", modules, nil),
            ("modules_dir", modulesDir, nil),
        ]
    }

    private static let formerNames = [
        "authenticate_agents": "authenticate_slaves", "authenticate_frameworks": "authenticate",
        "authenticate_http_readwrite": "authenticate_http",
    ]

    private func value(_ name: String, _ given: String?) -> String? {
        let environment = ProcessEnvironment.current
        return given ?? environment["MESOS_\(name.uppercased())"]
            ?? Self.formerNames[name].flatMap { environment["MESOS_\($0.uppercased())"] }
    }

    /// What `/flags` shows.
    var shown: [String: String] {
        all.reduce(into: [:]) { shown, flag in shown[flag.name] = value(flag.name, flag.given) ?? flag.standard }
    }

    /// - Throws: `ValidationError` naming a flag whose value cannot be honoured.
    func refuseUnsupported() throws {
        let shown = shown
        let switches = [
            "registry_strict", "authenticate_agents", "authenticate_frameworks", "authenticate_http_readonly",
            "authenticate_http_readwrite",
        ]
        for name in switches {
            guard let text = shown[name], text != "false" else { continue }
            throw ValidationError("\(name)=\(text) is not supported")
        }
        for name in ["user_sorter", "framework_sorter"] {
            guard let text = shown[name], text != "drf" else { continue }
            throw ValidationError("\(name)=\(text) is not supported; expected drf")
        }
    }

    // MARK: Texts

    /// `role=1.5,role2=3`.
    static func weights(_ text: String) throws -> [String: Double] {
        var weights: [String: Double] = [:]
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false)
            guard pair.count == 2, !pair[0].isEmpty, let weight = Double(pair[1]), weight > 0, weight.isFinite else {
                throw ValidationError("Invalid weights '\(text)'; expected role=weight,… with weights greater than 0")
            }
            weights[String(pair[0])] = weight
        }
        return weights
    }

    /// `50%` or `0.5`, as a share of 1.
    static func share(_ text: String) throws -> Double {
        let number = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
        guard let number, (0...1).contains(number) else {
            throw ValidationError("Invalid recovery_agent_removal_limit '\(text)'; expected 0% to 100%")
        }
        return number
    }

    private struct FirewallRules: Decodable {
        struct Paths: Decodable { var paths: [String] }
        var disabled_endpoints: Paths?
    }

    /// Of the JSON text, or of the file that `file:///path` names.
    static func disabledEndpoints(_ text: String) throws -> Set<String> {
        var data = Data(text.utf8)
        if text.hasPrefix("file://") {
            let path = String(text.dropFirst("file://".count))
            do {
                data = try Data(contentsOf: URL(fileURLWithPath: path))
            } catch {
                throw ValidationError("Cannot read firewall_rules from \(path): \(error)")
            }
        }
        do {
            return Set(try ClusterJSON.decode(FirewallRules.self, from: data).disabled_endpoints?.paths ?? [])
        } catch {
            throw ValidationError("Invalid firewall_rules: \(error)")
        }
    }
}
