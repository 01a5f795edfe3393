import ClusterState
import Crypto
import FoundationEssentials
import ResourceModel

/// Which task record is in which chunk znode of an agent, and what must be written after changes.
///
/// A chunk's name is a bit string, a prefix of the task id's SHA-1 (`_` for the empty one). A chunk over 128 KiB splits by
/// the next bit, two siblings that together are below 16 KiB merge (see `TaskChunk`). Every record is in exactly one chunk.
/// Records are kept encoded: a change costs the encoding of one record, not of its neighbours.
struct ChunkLayout: Sendable {
    enum Change: Sendable, Hashable {
        /// Create or replace.
        case write(chunk: String, payload: Data)
        case delete(chunk: String)

        var size: Int {
            switch self {
            case .write(_, let payload): payload.count
            case .delete: 0
            }
        }
    }

    static let splitSize = 128 * 1024
    static let mergeSize = 16 * 1024
    /// Ids that agree in so many bits stay together whatever their size.
    static let maximumDepth = 24
    /// The longest label list that goes into ZooKeeper whole (contracts/mesos.md §21.4 rule 1).
    static let maximumLabelsSize = 8 * 1024

    private struct Entry {
        var bits: [UInt8]
        /// `"key":{record}`.
        var json: [UInt8]
    }

    private struct Chunk {
        var keys: Set<String> = []
        var size = 0
    }

    private let agentID: AgentID
    private var entries: [String: Entry] = [:]
    /// By bit string; a leaf of the tree of splits. The root alone means no split.
    private var chunks: [String: Chunk] = ["": Chunk()]
    private var dirty: Set<String> = []
    private var deleted: Set<String> = []

    init(agentID: AgentID) { self.agentID = agentID }

    var keys: Set<String> { Set(entries.keys) }
    var hasChanges: Bool { !dirty.isEmpty || !deleted.isEmpty }
    /// The names of the chunks that hold something.
    var chunkNames: [String] { chunks.filter { !$0.value.keys.isEmpty }.map { Self.name($0.key) } }

    /// Adds or replaces a record.
    mutating func put(_ record: TaskRecord) throws {
        let record = Self.bounded(record)
        let key = record.key
        var json = [UInt8](try ClusterJSON.encode(key))
        json.append(UInt8(ascii: ":"))
        json.append(contentsOf: try ClusterJSON.encode(record))
        let bits = entries[key]?.bits ?? Self.bits(of: record.id)
        let leaf = leaf(for: bits)
        var chunk = chunks[leaf] ?? Chunk()
        if let old = entries[key] {
            guard old.json != json else { return }
            chunk.size -= old.json.count
        }
        chunk.keys.insert(key)
        chunk.size += json.count
        chunks[leaf] = chunk
        entries[key] = Entry(bits: bits, json: json)
        dirty.insert(leaf)
        split(leaf)
    }

    mutating func remove(_ key: String) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        let leaf = leaf(for: entry.bits)
        chunks[leaf]?.keys.remove(key)
        chunks[leaf]?.size -= entry.json.count
        dirty.insert(leaf)
        merge(leaf)
    }

    /// Marks chunks that exist in ZooKeeper but are not of this layout for deletion, and everything of it for writing.
    mutating func rewrite(existing names: some Sequence<String>) {
        dirty.formUnion(chunks.filter { !$0.value.keys.isEmpty }.keys)
        for name in names {
            let bits = name == "_" ? "" : name
            if chunks[bits]?.keys.isEmpty ?? true { deleted.insert(name) }
        }
    }

    /// What must be written, deletions last; nothing is dirty afterwards. Put back what could not be written with
    /// `rewrite`.
    /// - limit: bytes of payload; at least one change is returned. What does not fit stays for the next call.
    mutating func takeChanges(limit: Int) -> [Change] {
        var changes: [Change] = []
        var size = 0
        for leaf in dirty.sorted() {
            guard let chunk = chunks[leaf], !chunk.keys.isEmpty else {
                dirty.remove(leaf)
                deleted.insert(Self.name(leaf))
                continue
            }
            let length = chunk.size + chunk.keys.count + 96
            if !changes.isEmpty, size + length > limit { return changes }
            dirty.remove(leaf)
            deleted.remove(Self.name(leaf))
            size += length
            changes.append(.write(chunk: Self.name(leaf), payload: payload(of: chunk)))
        }
        for name in deleted.sorted() { changes.append(.delete(chunk: name)) }
        deleted = []
        return changes
    }

    private func payload(of chunk: Chunk) -> Data {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(chunk.size + chunk.keys.count + 96)
        bytes.append(contentsOf: #"{"agent_id":"#.utf8)
        bytes.append(contentsOf: (try? ClusterJSON.encode(agentID)) ?? Data())
        bytes.append(contentsOf: #","tasks":{"#.utf8)
        var isFirst = true
        for key in chunk.keys.sorted() {
            guard let entry = entries[key] else { continue }
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            bytes.append(contentsOf: entry.json)
        }
        bytes.append(contentsOf: #"},"v":1}"#.utf8)
        return Data(bytes)
    }

    // MARK: The tree

    private func leaf(for bits: [UInt8]) -> String {
        var name = ""
        for bit in bits {
            if chunks[name] != nil { return name }
            name.append(bit == 0 ? "0" : "1")
        }
        return name
    }

    private mutating func split(_ leaf: String) {
        guard let chunk = chunks[leaf], chunk.size > Self.splitSize, chunk.keys.count > 1, leaf.utf8.count < Self.maximumDepth
        else { return }
        chunks[leaf] = nil
        dirty.remove(leaf)
        deleted.insert(Self.name(leaf))
        var halves = [Chunk(), Chunk()]
        for key in chunk.keys {
            guard let entry = entries[key] else { continue }
            let bit = Int(entry.bits[leaf.utf8.count])
            halves[bit].keys.insert(key)
            halves[bit].size += entry.json.count
        }
        for (bit, half) in halves.enumerated() {
            let name = leaf + String(bit)
            chunks[name] = half
            dirty.insert(name)
            split(name)
        }
    }

    private mutating func merge(_ leaf: String) {
        guard !leaf.isEmpty, let chunk = chunks[leaf] else { return }
        let parent = String(leaf.dropLast())
        let sibling = parent + (leaf.hasSuffix("0") ? "1" : "0")
        guard let other = chunks[sibling], chunk.size + other.size < Self.mergeSize else { return }
        for name in [leaf, sibling] {
            chunks[name] = nil
            dirty.remove(name)
            deleted.insert(Self.name(name))
        }
        chunks[parent] = Chunk(keys: chunk.keys.union(other.keys), size: chunk.size + other.size)
        deleted.remove(Self.name(parent))
        dirty.insert(parent)
        merge(parent)
    }

    private static func name(_ leaf: String) -> String { leaf.isEmpty ? "_" : leaf }

    /// One element per bit, as deep as chunks go.
    private static func bits(of id: TaskID) -> [UInt8] {
        var bits: [UInt8] = []
        for byte in Insecure.SHA1.hash(data: Data(id.value.utf8)) {
            for shift in stride(from: 7, through: 0, by: -1) { bits.append(byte >> UInt8(shift) & 1) }
            if bits.count > maximumDepth { break }
        }
        return bits
    }

    /// Large label lists stay on the agent, except what load balancers and networking read.
    private static func bounded(_ record: TaskRecord) -> TaskRecord {
        guard let labels = record.labels,
            labels.reduce(0, { $0 + $1.key.utf8.count + ($1.value?.utf8.count ?? 0) }) > maximumLabelsSize
        else { return record }
        var record = record
        record.labels = labels.filter { $0.key.uppercased().contains("VIP") || $0.key == "network-scope" }
        return record
    }
}
