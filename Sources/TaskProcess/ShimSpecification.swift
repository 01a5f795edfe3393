/// What a shim runs. It travels over the control connection only: environments hold secrets and are never put on a
/// command line or into a file of their own.
///
/// On the wire: four bytes of length (big endian), then NUL-terminated `key=value` strings.
public struct ShimSpecification: Sendable, Hashable {
    public struct Identity: Sendable, Hashable {
        public var uid: UInt32
        public var gid: UInt32
        public var groups: [UInt32]
        public init(uid: UInt32, gid: UInt32, groups: [UInt32]) {
            self.uid = uid
            self.gid = gid
            self.groups = groups
        }
    }

    /// A path, or a name that is looked up in the environment's PATH.
    public var executable: String
    /// With `arguments[0]`.
    public var arguments: [String]
    /// `NAME=value`, exactly what the task sees.
    public var environment: [String]
    public var directory: String
    /// Appended to, created with the task's own rights; nil for /dev/null.
    public var standardOutput: String?
    public var standardError: String?
    /// Nil: the task runs as whoever the shim runs as.
    public var identity: Identity?
    /// Files named `cgroup.procs`.
    public var cgroupFiles: [String]

    public init(executable: String, arguments: [String], environment: [String], directory: String) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.cgroupFiles = []
    }

    /// The largest body a shim reads.
    public static let maximumLength = 8 << 20

    /// Nil when a string holds a NUL or the whole is larger than `maximumLength`.
    public func encoded() -> [UInt8]? {
        var body: [UInt8] = []
        var valid = true
        func put(_ key: String, _ value: String) {
            if value.utf8.contains(0) { valid = false }
            body.append(contentsOf: key.utf8)
            body.append(UInt8(ascii: "="))
            body.append(contentsOf: value.utf8)
            body.append(0)
        }
        put("executable", executable)
        for argument in arguments { put("argument", argument) }
        for variable in environment { put("environment", variable) }
        put("directory", directory)
        if let standardOutput { put("output", standardOutput) }
        if let standardError { put("error", standardError) }
        if let identity {
            put("uid", String(identity.uid))
            put("gid", String(identity.gid))
            for group in identity.groups { put("group", String(group)) }
        }
        for file in cgroupFiles { put("cgroup", file) }
        guard valid, body.count <= Self.maximumLength else { return nil }
        let length = UInt32(body.count)
        return [
            UInt8(truncatingIfNeeded: length >> 24), UInt8(truncatingIfNeeded: length >> 16),
            UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length),
        ] + body
    }

    /// The length of the body that follows; nil when it is too large.
    public static func bodyLength(_ header: some Sequence<UInt8>) -> Int? {
        let length = header.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        return length <= maximumLength ? length : nil
    }

    /// Reads a body; nil when it is malformed or incomplete.
    public init?(body: some Collection<UInt8>) {
        var executable: String?
        var directory: String?
        self.init(executable: "", arguments: [], environment: [], directory: "")
        var uid: UInt32?
        var gid: UInt32?
        var groups: [UInt32] = []
        guard body.isEmpty || body.suffix(1).first == 0 else { return nil }
        for entry in body.split(separator: 0) {
            guard let equals = entry.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let key = String(decoding: entry[..<equals], as: UTF8.self)
            let value = String(decoding: entry[entry.index(after: equals)...], as: UTF8.self)
            switch key {
            case "executable": executable = value
            case "argument": arguments.append(value)
            case "environment": environment.append(value)
            case "directory": directory = value
            case "output": standardOutput = value
            case "error": standardError = value
            case "cgroup": cgroupFiles.append(value)
            case "uid", "gid", "group":
                guard let number = UInt32(value) else { return nil }
                if key == "uid" { uid = number } else if key == "gid" { gid = number } else { groups.append(number) }
            default: return nil
            }
        }
        guard let executable, let directory, (uid == nil) == (gid == nil) else { return nil }
        self.executable = executable
        self.directory = directory
        if let uid, let gid { identity = Identity(uid: uid, gid: gid, groups: groups) }
    }
}
