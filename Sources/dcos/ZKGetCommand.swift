import ArgumentParser
import FoundationEssentials
import ZooKeeper

/// `dcos zk get PATH [--raw|--hex|--json] [--stat]`
struct ZKGetCommand: AsyncParsableCommand {
    enum Form: String, EnumerableFlag {
        case raw, hex, json

        static func help(for value: Form) -> ArgumentHelp? {
            switch value {
            case .raw: "The bytes as they are."
            case .hex: "A hex dump."
            case .json: "JSON or nothing: fails when the data is not JSON."
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Print the data of a znode.",
        discussion: "JSON is pretty-printed, other text printed as it is, anything else as a hex dump.")

    @OptionGroup var ensemble: EnsembleOptions
    @Flag var form: Form?
    @Flag(help: "The znode's metadata, too.") var stat = false
    @Argument(help: "The znode.") var path: String

    func run() async throws {
        try await ensemble.withClient { client, chroot in
            let (data, stat) = try await client.get(try absolute(path, below: chroot))
            try show(data)
            if self.stat { show(stat) }
        }
    }

    private func show(_ data: Data) throws {
        switch form {
        case .raw: try StandardOutput.write(data)
        case .hex: print(HexDump.text(data))
        case .json:
            guard let value = JSONText(data) else { throw CommandFailure(.other, "Not JSON: \(path)") }
            print(value.pretty)
        case nil:
            if let value = JSONText(data), value.isContainer {
                print(value.pretty)
            } else if let text = String(validating: data, as: UTF8.self), !text.utf8.contains(0) {
                print(text)
            } else {
                print(HexDump.text(data))
            }
        }
    }

    private func show(_ stat: Stat) {
        func hex(_ value: Int64) -> String { "0x" + String(value, radix: 16) }
        func time(_ value: Int64) -> String { Date(timeIntervalSince1970: Double(value) / 1000).formatted(.iso8601) }
        print(
            """
            czxid = \(hex(stat.czxid))
            mzxid = \(hex(stat.mzxid))
            pzxid = \(hex(stat.pzxid))
            ctime = \(time(stat.ctime))
            mtime = \(time(stat.mtime))
            version = \(stat.version)
            cversion = \(stat.cversion)
            aversion = \(stat.aversion)
            ephemeralOwner = \(hex(stat.ephemeralOwner))
            dataLength = \(stat.dataLength)
            numChildren = \(stat.numChildren)
            """)
    }
}

/// `00000000  68 65 6c 6c 6f                                    |hello|`
enum HexDump {
    static func text(_ data: Data) -> String {
        let bytes = Array(data)
        return stride(from: 0, to: bytes.count, by: 16).map { start in
            let row = bytes[start..<min(start + 16, bytes.count)]
            let offset = String(start, radix: 16)
            let hex = row.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
            let text = row.map { (32..<127).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
            return String(repeating: "0", count: 8 - min(8, offset.count)) + offset + "  " + hex
                + String(repeating: " ", count: 49 - hex.count) + "|\(text)|"
        }
        .joined(separator: "\n")
    }
}
