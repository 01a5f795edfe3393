/// The files of one run, relative to its meta directory.
public enum ShimFiles {
    /// Locked (flock) from before the shim is started until it is gone: the only judge of whether one is alive.
    public static let lock = "shim.lock"
    /// The control socket.
    public static let socket = "shim.sock"
    /// `<pid> <start time>` of the task's main process.
    public static let process = "pids/forked.pid"
    /// A line of `ShimExit`; there from the end of the main process on.
    public static let exit = "exit"
    /// What the shim finds as its lock (it only holds it).
    public static let lockDescriptor: Int32 = 3
}
