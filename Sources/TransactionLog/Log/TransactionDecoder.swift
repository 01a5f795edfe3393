/// Decodes the records of transactions. What follows a record, the digest of ZooKeeper 3.6 and later, is ignored.
enum TransactionDecoder {
    private enum Opcode {
        static let error: Int32 = -1
        static let create: Int32 = 1
        static let delete: Int32 = 2
        static let setData: Int32 = 5
        static let setACL: Int32 = 7
        static let check: Int32 = 13
        static let multi: Int32 = 14
        static let create2: Int32 = 15
        static let reconfig: Int32 = 16
        static let createContainer: Int32 = 19
        static let deleteContainer: Int32 = 20
        static let createTTL: Int32 = 21
        static let createSession: Int32 = -10
        static let closeSession: Int32 = -11
    }

    static func decode(_ header: TransactionHeader, body: ArraySlice<UInt8>) throws(TransactionLogError) -> Transaction {
        var reader = JuteReader(body)
        guard header.type == Opcode.multi else {
            let operation = try operation(type: header.type, session: header.session, from: &reader)
            return Transaction(header: header, operations: [operation], isMulti: false)
        }
        let count = try reader.count(minimumSize: 8)
        var operations: [Operation] = []
        operations.reserveCapacity(count)
        for _ in 0..<count {
            let type = try reader.int32()
            var part = JuteReader(try reader.buffer() ?? [])
            operations.append(try operation(type: type, session: header.session, from: &part))
        }
        return Transaction(header: header, operations: operations, isMulti: true)
    }

    private static func operation(
        type: Int32, session: Int64, from reader: inout JuteReader
    ) throws(TransactionLogError) -> Operation {
        switch type {
        case Opcode.create, Opcode.create2:
            let path = try reader.string()
            let data = try reader.buffer()
            let access = try reader.accessList()
            let isEphemeral = try reader.bool()
            // Missing in the first version of the record.
            let parentVersion = reader.remaining >= 4 ? try reader.int32() : -1
            return .create(
                path: path, data: data, access: access, kind: isEphemeral ? .ephemeral(session: session) : .persistent,
                parentVersion: parentVersion)
        case Opcode.createContainer:
            let path = try reader.string()
            let data = try reader.buffer()
            let access = try reader.accessList()
            return .create(path: path, data: data, access: access, kind: .container, parentVersion: try reader.int32())
        case Opcode.createTTL:
            let path = try reader.string()
            let data = try reader.buffer()
            let access = try reader.accessList()
            let parentVersion = try reader.int32()
            return .create(
                path: path, data: data, access: access, kind: .timeToLive(milliseconds: try reader.int64()),
                parentVersion: parentVersion)
        case Opcode.delete: return .delete(path: try reader.string(), isContainer: false)
        case Opcode.deleteContainer: return .delete(path: try reader.string(), isContainer: true)
        case Opcode.setData, Opcode.reconfig:
            let path = try reader.string()
            let data = try reader.buffer()
            return .setData(path: path, data: data, version: try reader.int32(), isReconfiguration: type == Opcode.reconfig)
        case Opcode.setACL:
            let path = try reader.string()
            let access = try reader.accessList()
            return .setAccess(path: path, access: access, version: try reader.int32())
        case Opcode.check:
            let path = try reader.string()
            return .check(path: path, version: try reader.int32())
        case Opcode.createSession: return .createSession(timeout: try reader.int32())
        case Opcode.closeSession: return .closeSession(paths: paths(from: reader))
        case Opcode.error: return .failure(code: try reader.int32())
        default: return .unknown(type: type)
        }
    }

    /// The list was added in 3.6 and may be switched off: then nothing, or only a digest, is in its place.
    private static func paths(from reader: JuteReader) -> [String]? {
        var reader = reader
        do throws(TransactionLogError) {
            let count = try reader.count(minimumSize: 4)
            var paths: [String] = []
            paths.reserveCapacity(count)
            for _ in 0..<count {
                let path = try reader.string()
                guard path.hasPrefix("/") else { return nil }
                paths.append(path)
            }
            return paths
        } catch {
            return nil
        }
    }
}
