/// The environment variables a task sees (contracts/marathon.md §11). Values of `env` that name a secret are left out: only
/// a plug-in knows them.
public enum TaskEnvironment {
    /// - prefix: `--env_vars_prefix`, put before the port variables and `HOST`.
    public static func variables(
        of app: AppDefinition, taskID: String, host: String, ports: TaskPorts, prefix: String = ""
    ) -> [String: String] {
        var result = context(of: app, taskID: taskID)
        for (name, value) in portVariables(ports) { result[prefix + name] = value }
        result[prefix + "HOST"] = host
        for (name, value) in app.env {
            if case .text(let text) = value { result[name] = text }
        }
        return result
    }

    static func context(of app: AppDefinition, taskID: String) -> [String: String] {
        var result = [
            "MESOS_TASK_ID": taskID,
            "MARATHON_APP_ID": app.id.description,
            "MARATHON_APP_VERSION": app.version.description,
            "MARATHON_APP_RESOURCE_CPUS": "\(app.cpus)",
            "MARATHON_APP_RESOURCE_MEM": "\(app.mem)",
            "MARATHON_APP_RESOURCE_DISK": "\(app.disk)",
            "MARATHON_APP_RESOURCE_GPUS": "\(app.gpus)",
        ]
        if app.container?.type == .docker, let image = app.container?.docker?.image {
            result["MARATHON_APP_DOCKER_IMAGE"] = image
        }
        var names: [String] = []
        for (key, value) in app.labels.sorted(by: { $0.key < $1.key }) {
            // Longer ones made shells and kernels refuse the environment.
            guard key.utf16.count < 493, value.utf16.count < 512 else { continue }
            let name = sanitized(key)
            if result.updateValue(value, forKey: "MARATHON_APP_LABEL_\(name)") == nil { names.append(name) }
        }
        result["MARATHON_APP_LABELS"] = names.joined(separator: " ")
        return result
    }

    /// Runs of other characters than `[a-zA-Z0-9_]` become one `_`; upper case.
    static func sanitized(_ label: String) -> String {
        var result = ""
        var replacing = false
        for scalar in label.unicodeScalars {
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_")
            if isPlain {
                result.unicodeScalars.append(scalar)
            } else if !replacing {
                result.append("_")
            }
            replacing = !isPlain
        }
        return result.uppercased()
    }

    static func portVariables(_ ports: TaskPorts) -> [String: String] {
        var result: [String: String] = [:]
        for (index, entry) in ports.entries.enumerated() {
            let number = "\(entry.number)"
            result["PORT\(index)"] = number
            // Among entries of the same number or name the first counts.
            let declared = "PORT_\(entry.declared == 0 ? entry.number : entry.declared)"
            if result[declared] == nil { result[declared] = number }
            if let name = entry.name {
                let variable = "PORT_\(name.uppercased())"
                if result[variable] == nil { result[variable] = number }
            }
        }
        let listed = ports.hostPorts + ports.entries.filter(\.isGenerated).map(\.number)
        if let first = listed.first {
            result["PORT"] = "\(first)"
            result["PORTS"] = listed.map(String.init).joined(separator: ",")
        }
        return result
    }
}
