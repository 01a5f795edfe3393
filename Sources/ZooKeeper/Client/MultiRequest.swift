internal import CZooKeeper
internal import Glibc

/// The memory of one multi, alive until the library has completed it: it writes results, created paths and stats into it.
///
/// Unchecked because it holds raw pointers: it is filled before the request is sent, written only by the library until
/// the completion, and read only after it.
final class MultiRequest: @unchecked Sendable {
    let ops: [Op]
    let rawOps: UnsafeMutablePointer<zoo_op_t>
    let rawResults: UnsafeMutablePointer<zoo_op_result_t>
    private let stats: UnsafeMutablePointer<CZooKeeper.Stat>
    private var strings: [UnsafeMutablePointer<CChar>] = []
    private var buffers: [UnsafeMutablePointer<CChar>?] = []
    private var lists: [RawACL] = []
    /// Data bytes of all operations, one after the other.
    private var payloads: UnsafeMutableRawBufferPointer

    init(_ ops: [Op]) {
        self.ops = ops
        rawOps = .allocate(capacity: max(ops.count, 1))
        rawResults = .allocate(capacity: max(ops.count, 1))
        rawResults.initialize(repeating: zoo_op_result_t(), count: ops.count)
        rawOps.initialize(repeating: zoo_op_t(), count: ops.count)
        stats = .allocate(capacity: max(ops.count, 1))
        stats.initialize(repeating: CZooKeeper.Stat(), count: ops.count)
        let total = ops.reduce(0) { sum, op in
            switch op {
            case .create(_, let data, _, _), .set(_, let data, _): sum + data.count
            case .delete, .check: sum
            }
        }
        payloads = .allocate(byteCount: max(total, 1), alignment: 1)
        var lists: [[ACL]: RawACL] = [:]
        var offset = 0
        for (index, op) in ops.enumerated() {
            let path = copy(op.path)
            let slot = rawOps + index
            var buffer: UnsafeMutablePointer<CChar>?
            switch op {
            case .create(_, let data, let mode, let acl):
                let bytes = append(data, at: &offset)
                let list: RawACL
                if let known = lists[acl] {
                    list = known
                } else {
                    list = RawACL(acl)
                    lists[acl] = list
                    self.lists.append(list)
                }
                // A sequential name grows by ten digits.
                let capacity = op.path.utf8.count + 12
                let room = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)
                room.initialize(repeating: 0, count: capacity)
                buffer = room
                zoo_create_op_init(slot, path, bytes, Int32(data.count), list.vector, mode.raw, room, Int32(capacity))
            case .set(_, let data, let version):
                let bytes = append(data, at: &offset)
                zoo_set_op_init(slot, path, bytes, Int32(data.count), version, stats + index)
            case .delete(_, let version):
                zoo_delete_op_init(slot, path, version)
            case .check(_, let version):
                zoo_check_op_init(slot, path, version)
            }
            buffers.append(buffer)
        }
    }

    deinit {
        rawOps.deallocate()
        rawResults.deallocate()
        stats.deallocate()
        payloads.deallocate()
        for string in strings { free(string) }
        for buffer in buffers { buffer?.deallocate() }
    }

    func results() -> [OpResult] {
        ops.enumerated().map { index, op in
            switch op {
            case .create(let path, _, _, _): .created(path: buffers[index].map { String(cString: $0) } ?? path)
            case .set: .set(Stat(stats[index]))
            case .delete: .deleted
            case .check: .checked
            }
        }
    }

    /// The operation that made the server refuse the whole: the first whose code is neither 0 nor "because of another".
    func failure() -> MultiError? {
        for index in ops.indices {
            let code = rawResults[index].err
            // Negative system codes such as connection loss are the fate of the request, not of one operation.
            if code <= -100, code != -112, code != -118, code != -127 {
                return MultiError(index: index, code: ZooKeeperError.Code(code))
            }
        }
        return nil
    }

    private func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
        let count = text.utf8.count + 1
        guard let pointer = strdup(text) else { preconditionFailure("out of memory copying \(count) bytes") }
        strings.append(pointer)
        return pointer
    }

    private func append(_ data: Data, at offset: inout Int) -> UnsafePointer<CChar>? {
        guard !data.isEmpty, let base = payloads.baseAddress else { return nil }
        let target = base + offset
        data.copyBytes(to: UnsafeMutableRawBufferPointer(start: target, count: data.count))
        offset += data.count
        return UnsafePointer(target.assumingMemoryBound(to: CChar.self))
    }
}

internal import FoundationEssentials
