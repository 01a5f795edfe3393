import Testing

@testable import TransactionLog

/// The log of a real server.
struct LogReaderTests {
    private func transactions(_ bytes: [UInt8]) throws -> (transactions: [Transaction], end: LogReader.End?) {
        var reader = try LogReader(bytes: bytes)
        var transactions: [Transaction] = []
        while let entry = try reader.next() { transactions.append(try entry.transaction()) }
        return (transactions, reader.end)
    }

    private func find(_ transactions: [Transaction], _ isWanted: (Operation) -> Bool) -> Operation? {
        transactions.flatMap(\.operations).first(where: isWanted)
    }

    @Test func readsEveryEntryUpToThePadding() throws {
        let first = try transactions(ServerFiles.log1)
        let second = try transactions(ServerFiles.log35)
        #expect(first.transactions.map(\.header.zxid) == Array(1...0x34))
        #expect(second.transactions.map(\.header.zxid) == Array(0x35...0x4d))
        #expect(first.end == .padding)
        #expect(first.transactions.allSatisfy { $0.header.time > 1_700_000_000_000 })
    }

    @Test func readsChangesOfData() throws {
        let all = try transactions(ServerFiles.log1).transactions
        let session = all[0].header.session
        #expect(all[0].operations == [.createSession(timeout: 10_000)])
        #expect(
            all[1].operations == [
                .create(path: "/a", data: Array("one".utf8)[...], access: AccessEntry.open, kind: .persistent, parentVersion: 1)
            ])
        #expect(all[1].header.session == session)
        #expect(
            all[2].operations == [.setData(path: "/a", data: Array("two".utf8)[...], version: 1, isReconfiguration: false)])
        #expect(find(all) { $0 == .delete(path: "/gone", isContainer: false) } != nil)
        #expect(find(all) { if case .create("/ümläut", let data, _, _, _) = $0 { data == Array("grüße".utf8)[...] } else { false } } != nil)
    }

    @Test func readsKindsOfZnodes() throws {
        let all = try transactions(ServerFiles.log1).transactions
        func kind(_ path: String) -> NodeKind? {
            for case .create(path, _, _, let kind, _) in all.flatMap(\.operations) { return kind }
            return nil
        }
        #expect(kind("/eph") == .ephemeral(session: all[0].header.session))
        #expect(kind("/cont") == .container)
        #expect(kind("/ttl") == .timeToLive(milliseconds: 500_000))
        #expect(kind("/a/seq-0000000001") == .persistent)
    }

    @Test func readsPartsOfMultis() throws {
        let multis = try transactions(ServerFiles.log1).transactions.filter(\.isMulti)
        #expect(multis.map(\.hasFailed) == [false, true])
        #expect(
            multis.first?.operations == [
                .create(path: "/m", data: Array("m1".utf8)[...], access: AccessEntry.open, kind: .persistent, parentVersion: 7),
                .setData(path: "/a", data: Array("three".utf8)[...], version: 2, isReconfiguration: false),
                .delete(path: "/a/b", isContainer: false),
                .create(path: "/m/n", data: Array("m2".utf8)[...], access: AccessEntry.open, kind: .persistent, parentVersion: 1),
                // What the leader expects at this point.
                .check(path: "/a", version: 3),
            ])
    }

    @Test func readsAccessLists() throws {
        let all = try transactions(ServerFiles.log1).transactions
        var found: [AccessEntry]?
        for case .setAccess("/acl", let access, let version) in all.flatMap(\.operations) {
            #expect(version == 1)
            found = access
        }
        #expect(found?.map(\.scheme) == ["digest", "world"])
        #expect(found?.map(\.permissions) == [1, 31])
        #expect(found?.map(\.text).last == "world:anyone:rwcda")
    }

    @Test func readsWhatEndsWithASession() throws {
        let all = try transactions(ServerFiles.log1).transactions
        var ends: [[String]?] = []
        for case .closeSession(let paths) in all.flatMap(\.operations) { ends.append(paths?.sorted()) }
        #expect(ends == [["/eph", "/eph2"], []])
    }

    @Test func readsFailedRequests() throws {
        let all = try transactions(ServerFiles.log1).transactions
        let failures = all.filter { !$0.isMulti }.flatMap(\.operations).compactMap { operation -> Int32? in
            if case .failure(let code) = operation { code } else { nil }
        }
        #expect(failures == [-101, -103])
    }

    @Test func endsAtAWrongChecksum() throws {
        var bytes = ServerFiles.log1
        let whole = try transactions(bytes).transactions
        bytes[16 + 40] ^= 1
        let damaged = try transactions(bytes)
        #expect(damaged.transactions.isEmpty)
        #expect(damaged.end?.isDamage == true)
        #expect(!whole.isEmpty)
    }

    @Test func endsWithinAnEntryThatIsCutOff() throws {
        var bytes = ServerFiles.log1
        while bytes.last == 0 { bytes.removeLast() }
        let whole = try transactions(bytes)
        #expect(whole.end == .file)
        let cut = try transactions(Array(bytes.dropLast(1)))
        #expect(cut.transactions.count == whole.transactions.count - 1)
        #expect(cut.end?.isDamage == true)
    }

    @Test func refusesOtherFiles() {
        #expect(throws: TransactionLogError.notALog(path: "the log in memory")) { _ = try transactions([]) }
        #expect(throws: TransactionLogError.notALog(path: "the log in memory")) { _ = try transactions(ServerFiles.snapshot33) }
    }

    @Test func readsCompressedLogsOfBackups() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(ServerFiles.log1, to: "log.1")
        try runGzip(path)
        var reader = try LogReader(path: path + ".gz")
        var count = 0
        while try reader.next() != nil { count += 1 }
        #expect(count == 0x34)
    }
}
