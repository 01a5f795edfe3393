import Glibc

/// What /proc/<pid>/stat says of one process.
public struct ProcessEntry: Sendable, Hashable {
    public var pid: Int32
    public var parent: Int32
    public var group: Int32
    public var session: Int32
    /// The letter of proc(5): `Z` is a zombie.
    public var state: UInt8
    /// Clock ticks.
    public var userTime: UInt64
    public var systemTime: UInt64
    public var threads: Int
    /// Clock ticks after boot.
    public var startTime: UInt64
    /// Pages.
    public var residentPages: Int

    public var isZombie: Bool { state == UInt8(ascii: "Z") }

    /// - stat: the contents of /proc/<pid>/stat. The command in it may hold anything, parentheses included.
    public init?(stat: some BidirectionalCollection<UInt8>) {
        guard let open = stat.firstIndex(of: UInt8(ascii: "(")), let close = stat.lastIndex(of: UInt8(ascii: ")")), open < close,
            let pid = Int32(String(decoding: stat[..<open], as: UTF8.self).filter { $0 != " " })
        else { return nil }
        let fields = stat[stat.index(after: close)...].split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") })
            .prefix(22).map { String(decoding: $0, as: UTF8.self) }
        guard fields.count == 22, let state = fields[0].utf8.first, let parent = Int32(fields[1]), let group = Int32(fields[2]),
            let session = Int32(fields[3]), let userTime = UInt64(fields[11]), let systemTime = UInt64(fields[12]),
            let threads = Int(fields[17]), let startTime = UInt64(fields[19]), let residentPages = Int(fields[21])
        else { return nil }
        self.pid = pid
        self.parent = parent
        self.group = group
        self.session = session
        self.state = state
        self.userTime = userTime
        self.systemTime = systemTime
        self.threads = threads
        self.startTime = startTime
        self.residentPages = residentPages
    }
}

/// The processes of this machine at one moment.
public struct ProcessTable: Sendable {
    public var entries: [Int32: ProcessEntry]

    public init(entries: [Int32: ProcessEntry]) { self.entries = entries }

    /// Reads /proc. Processes that end meanwhile are left out.
    public static func current() -> ProcessTable {
        var entries: [Int32: ProcessEntry] = [:]
        guard let directory = opendir("/proc") else { return ProcessTable(entries: [:]) }
        defer { closedir(directory) }
        while let item = readdir(directory) {
            let pid = withUnsafePointer(to: &item.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { Int32(String(cString: $0)) }
            }
            if let pid, let entry = entry(of: pid) { entries[pid] = entry }
        }
        return ProcessTable(entries: entries)
    }

    public static func entry(of pid: Int32) -> ProcessEntry? {
        let file = open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let text = [UInt8](unsafeUninitializedCapacity: 1024) { buffer, count in
            count = max(0, read(file, buffer.baseAddress, buffer.count))
        }
        return ProcessEntry(stat: text)
    }

    /// All that descend from a process, without it, in no particular order; zombies included.
    public func descendants(of root: Int32) -> [ProcessEntry] {
        var children: [Int32: [Int32]] = [:]
        for entry in entries.values { children[entry.parent, default: []].append(entry.pid) }
        var found: [ProcessEntry] = []
        var waiting = children[root] ?? []
        var seen: Set<Int32> = [root]
        while let pid = waiting.popLast() {
            guard seen.insert(pid).inserted, let entry = entries[pid] else { continue }
            found.append(entry)
            waiting.append(contentsOf: children[pid] ?? [])
        }
        return found
    }
}
