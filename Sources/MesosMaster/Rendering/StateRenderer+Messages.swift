import ResourceModel

// The messages that tasks carry, by hand: a document holds thousands, and a general encoder takes many times as long.
extension StateRenderer {
    func write(_ name: String, _ labels: [Label], to json: inout JSONText) {
        json.array(name) { json in
            for label in labels {
                json.object { json in
                    json.member("key", label.key)
                    if let value = label.value { json.member("value", value) }
                }
            }
        }
    }

    /// The double nesting of the messages.
    private func write(_ name: String, _ labels: Labels?, to json: inout JSONText) {
        guard let labels else { return }
        json.object(name) { json in
            if !labels.labels.isEmpty { write("labels", labels.labels, to: &json) }
        }
    }

    func write(_ name: String, _ status: ContainerStatus, to json: inout JSONText) {
        json.object(name) { json in
            if !status.network_infos.isEmpty {
                json.array("network_infos") { json in for network in status.network_infos { write(network, flatLabels: true, to: &json) } }
            }
            if let id = status.container_id { json.object("container_id") { $0.member("value", id.value) } }
        }
    }

    private func write(_ network: NetworkInfo, flatLabels: Bool, to json: inout JSONText) {
        json.object { json in
            if !network.ip_addresses.isEmpty {
                json.array("ip_addresses") { json in
                    for address in network.ip_addresses {
                        json.object { json in
                            if let name = address.protocol { json.member("protocol", name) }
                            if let text = address.ip_address { json.member("ip_address", text) }
                        }
                    }
                }
            }
            if let name = network.name { json.member("name", name) }
            if !network.groups.isEmpty { json.array("groups") { json in for group in network.groups { json.string(group) } } }
            if flatLabels {
                if let labels = network.labels?.labels, !labels.isEmpty { write("labels", labels, to: &json) }
            } else {
                write("labels", network.labels, to: &json)
            }
        }
    }

    func write(_ name: String, _ discovery: DiscoveryInfo, to json: inout JSONText) {
        json.object(name) { json in
            json.member("visibility", discovery.visibility)
            if let name = discovery.name { json.member("name", name) }
            if let environment = discovery.environment { json.member("environment", environment) }
            if let location = discovery.location { json.member("location", location) }
            if let version = discovery.version { json.member("version", version) }
            if let ports = discovery.ports {
                json.object("ports") { json in
                    guard !ports.ports.isEmpty else { return }
                    json.array("ports") { json in for port in ports.ports { write(port, to: &json) } }
                }
            }
            write("labels", discovery.labels, to: &json)
        }
    }

    private func write(_ port: DiscoveryInfo.Port, to json: inout JSONText) {
        json.object { json in
            json.member("number", port.number)
            if let name = port.name { json.member("name", name) }
            if let name = port.protocol { json.member("protocol", name) }
            if let visibility = port.visibility { json.member("visibility", visibility) }
            write("labels", port.labels, to: &json)
        }
    }

    func write(_ name: String, _ container: ContainerInfo, to json: inout JSONText) {
        // What is rare takes the general way, which knows every field.
        guard container.volumes.isEmpty, container.mesos == nil, container.docker?.parameters.isEmpty ?? true else {
            return json.member(name, container)
        }
        json.object(name) { json in
            json.member("type", container.type)
            if let hostname = container.hostname { json.member("hostname", hostname) }
            if let docker = container.docker {
                json.object("docker") { json in
                    json.member("image", docker.image)
                    if let network = docker.network { json.member("network", network) }
                    json.member("privileged", docker.privileged)
                    if !docker.port_mappings.isEmpty {
                        json.array("port_mappings") { json in
                            for mapping in docker.port_mappings {
                                json.object { json in
                                    json.member("host_port", mapping.host_port)
                                    json.member("container_port", mapping.container_port)
                                    if let name = mapping.protocol { json.member("protocol", name) }
                                }
                            }
                        }
                    }
                    if let force = docker.force_pull_image { json.member("force_pull_image", force) }
                    if let driver = docker.volume_driver { json.member("volume_driver", driver) }
                }
            }
            if !container.network_infos.isEmpty {
                json.array("network_infos") { json in
                    for network in container.network_infos { write(network, flatLabels: false, to: &json) }
                }
            }
        }
    }
}
