/// The files of a local cluster: everything is below one directory.
public struct ClusterDirectory: Sendable, Hashable {
    /// Absolute.
    public let root: String
    public init(root: String) { self.root = root }

    /// The layout and the supervisor of the cluster that runs here.
    public var record: String { root + "/cluster.json" }
    /// The supervisor's view of every component, replaced at each change.
    public var status: String { root + "/status.json" }
    public var logs: String { root + "/logs" }
    /// One file per running component: its process id and start time.
    public var run: String { root + "/run" }
    public func log(of component: String) -> String { "\(logs)/\(component).log" }
    public func processFile(of component: String) -> String { "\(run)/\(component).json" }
    /// A node's own files.
    public func data(of node: String) -> String { "\(root)/\(node)" }
}
