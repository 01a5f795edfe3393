import Glibc
import Platform

/// The guard against touching the data of a server that runs.
public enum RunningServer {
    /// The process of a layout's server: the one in the pid file while it is alive, whatever it is (contracts/exhibitor.md
    /// §12.5), or any that was started with its `zoo.cfg`. Blocks.
    public static func find(_ layout: EnsembleLayout) -> Int32? {
        if let text = Files.text(layout.pidPath), let pid = Int32(text.prefix { $0.isNumber }), pid > 0,
            kill(pid, 0) == 0 || errno == EPERM
        {
            return pid
        }
        return ProcessTable.processIDs().first { pid in
            let command = ProcessTable.commandLine(of: pid)
            return command.last == layout.configurationPath && command.contains { $0.hasSuffix(".QuorumPeerMain") }
        }
    }

    /// - Throws: `BackupError.serverRunning`.
    public static func requireNone(_ layout: EnsembleLayout) throws {
        if let pid = find(layout) { throw BackupError.serverRunning(pid: pid) }
    }
}
