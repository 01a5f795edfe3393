/// The body of a POST or PUT of groups (contracts/marathon.md §5).
public struct GroupUpdate: Sendable, Hashable {
    /// Absolute.
    public var id: AppID
    /// Complete definitions; nil leaves the apps of the group as they are.
    public var apps: [AppUpdate]?
    /// Nil leaves the child groups as they are.
    public var groups: [GroupUpdate]?
    public var dependencies: [AppID]?
    /// Only without any other field.
    public var scaleBy: Double?
    /// Only without any other field.
    public var version: Timestamp?

    /// Reads a body.
    ///
    /// - path: the group the URL names; a body's id resolves against it.
    ///
    /// Throws `AppInputError` with paths from the top of the body.
    public init(json: JSONValue, at path: AppID = .root) throws(AppInputError) {
        try self.init(json: json, base: path, parent: nil)
    }

    private init(json: JSONValue, base: AppID, parent: AppID?) throws(AppInputError) {
        guard let object = json.object else {
            throw .shape([Violation(path: "/", errors: ["error.expected.jsobject"])])
        }
        let errors = ShapeErrors()
        let reader = ObjectReader(object: object, errors: errors)
        let idText = reader.string("id")
        let appObjects = reader.list("apps") { value, _ in value }
        let groupObjects = reader.list("groups") { value, _ in value }
        let dependencyTexts = reader.strings("dependencies")
        scaleBy = reader.double("scaleBy")
        let versionText = reader.string("version")
        if parent != nil, idText == nil, errors.violations.isEmpty { reader.report("id", "error.path.missing") }
        guard errors.violations.isEmpty else { throw .shape(errors.violations) }

        let id = try Self.resolve(idText ?? "", against: base, path: "/id")
        if let parent, id.parent != parent { throw .notChild(of: parent) }
        self.id = id
        if let versionText {
            guard let time = Timestamp(versionText) else { throw .illegal("Invalid format: \"\(versionText)\"") }
            version = time
        }
        let others = ["id", "apps", "groups", "dependencies", "scaleBy", "version"].filter(reader.has)
        if scaleBy != nil || version != nil, others.count > 1 {
            throw .invalid([
                Violation(path: scaleBy != nil ? "/scaleBy" : "/version", errors: ["not allowed in conjunction with other properties."])
            ])
        }
        if let scaleBy, scaleBy < 0 {
            throw .invalid([Violation(path: "/scaleBy", errors: ["got \(scaleBy), expected 0.0 or more"])])
        }
        if let dependencyTexts {
            var resolved: [AppID] = []
            for (index, text) in dependencyTexts.enumerated() {
                resolved.append(try Self.resolve(text, against: id, path: "/dependencies(\(index))"))
            }
            dependencies = resolved.withoutDuplicates
        }
        apps = try Self.each(appObjects, "/apps") { json throws(AppInputError) in
            let update = try AppUpdate(json: json, relativeTo: id, dependenciesRelativeTo: id)
            guard try update.requiredID().parent == id else { throw .notChild(of: id) }
            return update
        }
        groups = try Self.each(groupObjects, "/groups") { json throws(AppInputError) in
            try GroupUpdate(json: json, base: id, parent: id)
        }
    }

    private static func resolve(_ text: String, against base: AppID, path: String) throws(AppInputError) -> AppID {
        do {
            return try AppID(text, relativeTo: base)
        } catch {
            throw .invalid([Violation(path: path, errors: [error.message])])
        }
    }

    private static func each<Element>(
        _ values: [JSONValue]?, _ path: String, _ read: (JSONValue) throws(AppInputError) -> Element
    ) throws(AppInputError) -> [Element]? {
        guard let values else { return nil }
        var result: [Element] = []
        for (index, value) in values.enumerated() {
            do {
                result.append(try read(value))
            } catch {
                throw error.below("\(path)(\(index))")
            }
        }
        return result
    }
}

extension AppInputError {
    static func notChild(of parent: AppID) -> AppInputError {
        .invalid([Violation(path: "/id", errors: ["Identifier is not child of \(parent). Hint: use relative paths."])])
    }

    /// The same with all paths below a place of a larger body.
    public func below(_ path: String) -> AppInputError {
        func moved(_ violations: [Violation]) -> [Violation] {
            violations.map { Violation(path: $0.path == "/" ? path : path + $0.path, errors: $0.errors) }
        }
        return switch self {
        case .shape(let violations): .shape(moved(violations))
        case .invalid(let violations): .invalid(moved(violations))
        case .empty, .syntax, .badRequest, .illegal: self
        }
    }
}
