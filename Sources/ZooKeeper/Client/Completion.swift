internal import CZooKeeper
internal import FoundationEssentials
import Synchronization

/// The requests of one handle that the library has not answered.
///
/// Closing a handle can leave requests behind that the library never completes: its completion thread may see the close
/// before it has worked off its queue. Once the handle is closed nothing calls back any more, and what is left here is
/// failed and released.
final class OutstandingRequests: Sendable {
    private let requests = Mutex<[ObjectIdentifier: any AbandonableRequest]>([:])

    func insert(_ request: any AbandonableRequest) { requests.withLock { $0[ObjectIdentifier(request)] = request } }
    func remove(_ request: any AbandonableRequest) { requests.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(request)) } }

    /// Only when the library's threads have ended.
    func abandonAll() {
        let rest = requests.withLock { requests in
            defer { requests = [:] }
            return requests.values
        }
        for request in rest { request.abandon() }
    }
}

protocol AbandonableRequest: AnyObject, Sendable {
    /// Takes back what `retained` gave to the library, and fails.
    func abandon()
}

/// The Swift end of one asynchronous call: handed to the C library as an opaque pointer, given back at most once.
///
/// The library calls the completion of a request that it accepted at most once, and not after the handle is closed; a
/// request that it refused is never completed. So the box is retained before the call, and released by the completion, at
/// once after a refusal, or when the closed handle abandons it.
final class Completion<Value: Sendable>: AbandonableRequest {
    private let continuation: CheckedContinuation<Value, any Error>
    let path: String?
    /// Memory that the library reads or writes until completion.
    let attachment: (any Sendable)?
    private let outstanding: OutstandingRequests

    init(
        _ continuation: CheckedContinuation<Value, any Error>, path: String?, attachment: (any Sendable)? = nil,
        outstanding: OutstandingRequests
    ) {
        self.continuation = continuation
        self.path = path
        self.attachment = attachment
        self.outstanding = outstanding
    }

    func retained() -> UnsafeMutableRawPointer {
        outstanding.insert(self)
        return Unmanaged.passRetained(self).toOpaque()
    }

    static func take(_ pointer: UnsafeRawPointer?) -> Completion? {
        guard let pointer else { return nil }
        let completion = Unmanaged<Completion>.fromOpaque(pointer).takeRetainedValue()
        completion.outstanding.remove(completion)
        return completion
    }

    func abandon() {
        Unmanaged.passUnretained(self).release()
        fail(ZooKeeperError(.closing, path: path))
    }

    func finish(_ code: Int32, _ value: @autoclosure () -> Value?) {
        guard code == 0 else {
            continuation.resume(throwing: ZooKeeperError(raw: code, path: path))
            return
        }
        guard let value = value() else {
            continuation.resume(throwing: ZooKeeperError(.marshalling, path: path))
            return
        }
        continuation.resume(returning: value)
    }

    func succeed(_ value: Value) { continuation.resume(returning: value) }
    func fail(_ error: any Error) { continuation.resume(throwing: error) }
}

// The completions handed to C: plain functions of this module, so that no actor isolation is inferred for them.

func completeVoid(_ code: Int32, _ context: UnsafeRawPointer?) {
    Completion<Void>.take(context)?.finish(code, ())
}

func completeStat(_ code: Int32, _ stat: UnsafePointer<CZooKeeper.Stat>?, _ context: UnsafeRawPointer?) {
    Completion<Stat>.take(context)?.finish(code, stat.map { Stat($0.pointee) })
}

func completeExists(_ code: Int32, _ stat: UnsafePointer<CZooKeeper.Stat>?, _ context: UnsafeRawPointer?) {
    let completion = Completion<Stat?>.take(context)
    if code == -101 { completion?.succeed(nil) } else { completion?.finish(code, stat.map { Stat($0.pointee) }) }
}

func completeString(_ code: Int32, _ text: UnsafePointer<CChar>?, _ context: UnsafeRawPointer?) {
    Completion<String>.take(context)?.finish(code, text.map { String(cString: $0) } ?? "")
}

func completeData(
    _ code: Int32, _ bytes: UnsafePointer<CChar>?, _ count: Int32, _ stat: UnsafePointer<CZooKeeper.Stat>?,
    _ context: UnsafeRawPointer?
) {
    Completion<(data: Data, stat: Stat)>.take(context)?
        .finish(
            code,
            stat.map { stat in
                let data = bytes.flatMap { count > 0 ? Data(bytes: $0, count: Int(count)) : nil } ?? Data()
                return (data, Stat(stat.pointee))
            })
}

func completeChildren(
    _ code: Int32, _ names: UnsafePointer<String_vector>?, _ stat: UnsafePointer<CZooKeeper.Stat>?, _ context: UnsafeRawPointer?
) {
    Completion<(names: [String], stat: Stat)>.take(context)?
        .finish(
            code,
            stat.map { stat in
                let vector = names?.pointee
                let list = (0..<Int(vector?.count ?? 0)).compactMap { index in
                    vector?.data[index].map { String(cString: $0) }
                }
                return (list, Stat(stat.pointee))
            })
}

func completeACL(
    _ code: Int32, _ list: UnsafeMutablePointer<ACL_vector>?, _ stat: UnsafeMutablePointer<CZooKeeper.Stat>?,
    _ context: UnsafeRawPointer?
) {
    Completion<(acl: [ACL], stat: Stat)>.take(context)?
        .finish(
            code,
            stat.map { stat in
                let vector = list?.pointee
                let entries = (0..<Int(vector?.count ?? 0)).compactMap { index -> ACL? in
                    guard let entry = vector?.data[index] else { return nil }
                    return ACL(
                        permissions: entry.perms, scheme: entry.id.scheme.map { String(cString: $0) } ?? "",
                        id: entry.id.id.map { String(cString: $0) } ?? "")
                }
                return (entries, Stat(stat.pointee))
            })
}

func completeMulti(_ code: Int32, _ context: UnsafeRawPointer?) {
    guard let completion = Completion<[OpResult]>.take(context), let request = completion.attachment as? MultiRequest else { return }
    if code == 0 {
        completion.succeed(request.results())
    } else if let failure = request.failure() {
        completion.fail(failure)
    } else {
        completion.fail(ZooKeeperError(raw: code, path: nil))
    }
}
