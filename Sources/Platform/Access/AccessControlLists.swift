import FoundationEssentials

/// Who may do what (`--acls`, contracts/mesos.md §3.5): for each action the first entry that speaks of the principal and the
/// object decides; without one, `permissive`.
public struct AccessControlLists: Sendable, Hashable {
    /// A set of names.
    enum Names: Sendable, Hashable {
        case any
        case none
        case some(Set<String>)

        /// Whether an entry with these names speaks of what is asked.
        func speaks(of name: String?) -> Bool {
            guard case .some(let names) = self else { return true }
            return name.map(names.contains) ?? false
        }

        func permits(_ name: String?) -> Bool {
            switch self {
            case .any: true
            case .none: false
            case .some(let names): name.map(names.contains) ?? false
            }
        }
    }

    struct Entry: Sendable, Hashable {
        var principals: Names
        var objects: Names
    }

    private var isPermissive = true
    private var entries: [AccessAction: [Entry]] = [:]

    /// Everything is allowed.
    public init() {}

    public struct Malformed: Error, CustomStringConvertible {
        public var description: String
    }

    /// - json: `{"permissive":true,"<action>":[{"principals":{"values":["p"]},"<object>":{"type":"ANY"}}]}`.
    /// - Throws: `Malformed`, also for the name of an action that does not exist.
    public init(json: String) throws {
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: Data(json.utf8))
        } catch {
            throw Malformed(description: "\(error)")
        }
        isPermissive = file.permissive
        for (name, list) in file.lists {
            guard let action = AccessAction.allCases.first(where: { $0.rawValue == name || $0.formerName == name }) else {
                throw Malformed(description: "there is no action '\(name)'")
            }
            entries[action] = try list.map { fields in
                guard let principals = fields["principals"] else { throw Malformed(description: "an entry of '\(name)' has no principals") }
                guard let objects = fields[action.objectField] else {
                    throw Malformed(description: "an entry of '\(name)' has no \(action.objectField)")
                }
                return Entry(principals: try principals.names, objects: try objects.names)
            }
        }
    }

    /// Whether the principal may do it.
    /// - principal: nil: nobody is authenticated.
    /// - object: the role, user, path … that is acted upon; nil: nothing in particular.
    public func allows(_ principal: String?, _ action: AccessAction, _ object: String? = nil) -> Bool {
        for entry in entries[action] ?? [] where entry.principals.speaks(of: principal) && entry.objects.speaks(of: object) {
            return entry.principals.permits(principal) && entry.objects.permits(object)
        }
        return isPermissive
    }

    /// Whether anybody's answer could be no.
    public func restricts(_ action: AccessAction) -> Bool { !isPermissive || !(entries[action] ?? []).isEmpty }

    /// Whether the former actions `set_quotas` and `remove_quotas` stand for `update_quotas` (contracts/mesos.md §3.5).
    public var usesFormerQuotaActions: Bool { entries[.setQuotas] != nil || entries[.removeQuotas] != nil }

    private struct File: Decodable {
        struct Entity: Decodable {
            var type: String?
            var values: [String]?

            var names: Names {
                get throws {
                    switch type ?? "SOME" {
                    case "ANY": return .any
                    case "NONE": return .none
                    case "SOME": return .some(Set(values ?? []))
                    default: throw Malformed(description: "unknown type '\(type ?? "")'; expected ANY, NONE or SOME")
                    }
                }
            }
        }

        struct Name: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        var permissive: Bool
        var lists: [String: [[String: Entity]]] = [:]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Name.self)
            permissive = try container.decodeIfPresent(Bool.self, forKey: Name(stringValue: "permissive")) ?? true
            for key in container.allKeys where key.stringValue != "permissive" {
                lists[key.stringValue] = try container.decode([[String: Entity]].self, forKey: key)
            }
        }
    }
}
