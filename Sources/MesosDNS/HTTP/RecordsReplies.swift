import DNSWire

/// The bodies of the HTTP API (contracts/dns-networking.md §3.7).
enum RecordsReplies {
    static func version(_ version: String) -> OrderedJSON {
        .object([
            ("Service", .string("Mesos-DNS")), ("URL", .string("https://github.com/mesosphere/mesos-dns")), ("Version", .string(version)),
        ])
    }

    /// The name that a path asks for: a final dot is optional, `.*` is removed, case does not matter.
    static func name(_ text: String) -> DNSName? { DNSName(text.replacing(".*", with: "")) }

    static func hosts(_ host: String, in zone: Zone) -> OrderedJSON {
        guard let name = name(host), let records = zone.records(of: name),
            !(records.addresses.isEmpty && records.addresses6.isEmpty)
        else { return .array([.object([("host", .string("")), ("ip", .string(""))])]) }
        let texts = records.addresses.map(\.description) + records.addresses6.map(\.description)
        return .array(texts.map { .object([("host", .string(name.description)), ("ip", .string($0))]) })
    }

    static func services(_ service: String, in zone: Zone) -> OrderedJSON {
        func item(_ service: String, _ host: String, _ ip: String, _ port: String) -> OrderedJSON {
            .object([("service", .string(service)), ("host", .string(host)), ("ip", .string(ip)), ("port", .string(port))])
        }
        guard let name = name(service), let records = zone.records(of: name), !records.services.isEmpty else {
            return .array([item("", "", "", "")])
        }
        return .array(
            records.services.map { record in
                let target = zone.records(of: record.target)
                let ip = target?.addresses.first?.description ?? target?.addresses6.first?.description ?? ""
                return item(service, record.target.description, ip, String(record.port))
            })
    }

    static func axfr(_ zone: Zone, refreshSeconds: Int) -> OrderedJSON {
        var addresses: [(String, OrderedJSON)] = []
        var services: [(String, OrderedJSON)] = []
        zone.forEach { name, records in
            let texts = records.addresses.map(\.description) + records.addresses6.map(\.description)
            if !texts.isEmpty { addresses.append((name.description, .strings(texts))) }
            if !records.services.isEmpty {
                services.append((name.description, .strings(records.services.map { "\($0.target):\($0.port)" })))
            }
        }
        addresses.sort { $0.0 < $1.0 }
        services.sort { $0.0 < $1.0 }
        return .object([
            ("TTL", .number(Int(zone.ttl))), ("Serial", .number(Int(zone.authority.serial))), ("RefreshSeconds", .number(refreshSeconds)),
            ("Mname", .string(zone.authority.primary.description)), ("Rname", .string(zone.authority.mailbox.description)),
            ("Domain", .string(String(zone.apex.description.dropLast()))),
            ("Records", .object([("As", .object(addresses)), ("SRVs", .object(services))])),
        ])
    }

    static func enumeration(_ enumeration: Enumeration) -> OrderedJSON {
        .object([
            (
                "frameworks",
                .array(
                    enumeration.frameworks.map { framework in
                        .object([("tasks", .array(framework.tasks.map(task))), ("name", .string(framework.name))])
                    })
            )
        ])
    }

    private static func task(_ task: Enumeration.Task) -> OrderedJSON {
        .object([
            ("name", .string(task.name)), ("id", .string(task.id)),
            (
                "records",
                .array(
                    task.records.map {
                        .object([("name", .string($0.name)), ("host", .string($0.host)), ("rtype", .string($0.rtype))])
                    })
            ),
        ])
    }

    /// The effective configuration, its keys in the contract's order; secrets are blank.
    static func configuration(_ c: MesosDNSConfiguration, serial: UInt32) -> OrderedJSON {
        .object([
            ("RefreshSeconds", .number(c.refreshSeconds)), ("Port", .number(c.port)), ("Timeout", .number(c.timeout)),
            ("StateTimeoutSeconds", .number(c.stateTimeoutSeconds)), ("ZkDetectionTimeout", .number(c.zkDetectionTimeout)),
            ("HttpPort", .number(c.httpPort)), ("TTL", .number(c.ttl)), ("SOASerial", .number(Int(serial))),
            ("SOARefresh", .number(c.soaRefresh)), ("SOARetry", .number(c.soaRetry)), ("SOAExpire", .number(c.soaExpire)),
            ("SOAMinttl", .number(c.soaMinttl)), ("SOAMname", .string(c.soaMname)), ("SOARname", .string(c.soaRname)),
            ("Masters", c.masters.map(OrderedJSON.strings) ?? .null),
            ("ZoneResolvers", .object(c.zoneResolvers.sorted { $0.key < $1.key }.map { ($0.key, .strings($0.value)) })),
            ("Resolvers", .strings(c.resolvers)), ("IPSources", .strings(c.ipSources.map(\.rawValue))),
            ("Zk", .string(c.printableZk)), ("Domain", .string(c.domain)), ("File", .string(c.file)), ("Listener", .string(c.listener)),
            ("HTTPListener", .string(c.httpListener)), ("RecurseOn", .bool(c.recurseOn)), ("DnsOn", .bool(c.dnsOn)),
            ("HttpOn", .bool(c.httpOn)), ("ExternalOn", .bool(c.externalOn)), ("EnforceRFC952", .bool(c.enforceRFC952)),
            ("SetTruncateBit", .bool(c.setTruncateBit)), ("EnumerationOn", .bool(c.enumerationOn)), ("MesosHTTPSOn", .bool(c.mesosHTTPSOn)),
            ("CACertFile", .string(c.caCertFile)), ("CertFile", .string(c.certFile)), ("KeyFile", .string(c.keyFile)),
            ("MesosCredentials", .object([("Principal", .string(c.mesosCredentials.principal)), ("Secret", .string(""))])),
            ("IAMConfigFile", .string(c.iamConfigFile)), ("MesosAuthentication", .string(c.mesosAuthentication)),
        ])
    }
}
