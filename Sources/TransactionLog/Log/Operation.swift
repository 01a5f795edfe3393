/// One change that a transaction makes. Data is a view of the reader's buffer: who keeps it must copy it.
public enum Operation: Sendable, Hashable {
    /// - parentVersion: `cversion` of the parent (as stored: the number of creations below it) after it; -1 when not told.
    case create(path: String, data: ArraySlice<UInt8>?, access: [AccessEntry], kind: NodeKind, parentVersion: Int32)
    /// - isContainer: by the server, which found a container or an outlived node empty.
    case delete(path: String, isContainer: Bool)
    /// - version: after it.
    case setData(path: String, data: ArraySlice<UInt8>?, version: Int32, isReconfiguration: Bool)
    /// - version: `aversion` after it.
    case setAccess(path: String, access: [AccessEntry], version: Int32)
    case check(path: String, version: Int32)
    /// - timeout: milliseconds.
    case createSession(timeout: Int32)
    /// - paths: ephemerals that vanish with it; nil when the server did not write them down.
    case closeSession(paths: [String]?)
    /// A request that failed; it changes nothing.
    case failure(code: Int32)
    /// A type this reader does not know.
    case unknown(type: Int32)
}
