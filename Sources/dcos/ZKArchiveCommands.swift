import ArgumentParser
import Glibc

/// `dcos zk backup`: `dcosd zk-backup` under the name operators know (contracts/exhibitor.md §12.5).
struct ZKBackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Back the data of this host's ZooKeeper server up to an archive.",
        discussion: "The same as dcosd zk-backup: see dcosd zk-backup --help for its options.")

    @Argument(parsing: .captureForPassthrough, help: "Those of dcosd zk-backup.")
    var arguments: [String] = []

    func run() throws { try NodeCommand.become("zk-backup", arguments) }
}

/// `dcos zk restore`: `dcosd zk-restore`.
struct ZKRestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put the data of an archive in the place of this host's ZooKeeper data.",
        discussion: "The same as dcosd zk-restore: see dcosd zk-restore --help for its options.")

    @Argument(parsing: .captureForPassthrough, help: "Those of dcosd zk-restore.")
    var arguments: [String] = []

    func run() throws { try NodeCommand.become("zk-restore", arguments) }
}

/// Commands that work on the files of a node: they are the node program's, which lies beside this one.
enum NodeCommand {
    /// Goes on as `dcosd <command> <arguments>`; returns only when that fails.
    static func become(_ command: String, _ arguments: [String]) throws {
        guard let own = ownPath, let slash = own.lastIndex(of: "/") else {
            throw CommandFailure(.other, "Cannot tell where this program is: is /proc mounted?")
        }
        let program = own[...slash] + "dcosd"
        let words = [String(program), command] + arguments
        let argv = words.map { strdup($0) } + [nil]
        execv(String(program), argv)
        let reason = String(cString: strerror(errno))
        for word in argv { free(word) }
        throw CommandFailure(.other, "Cannot run \(program), which does this on a master: \(reason)")
    }

    private static var ownPath: String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
