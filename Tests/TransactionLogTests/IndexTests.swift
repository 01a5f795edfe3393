import FoundationEssentials
import Testing

@testable import TransactionLog

/// Indexes of the files of a real server.
struct IndexTests {
    private struct Setup {
        let directory: TemporaryDirectory
        let catalog: IndexCatalog

        init(_ files: [String: [UInt8]] = ["log.1": ServerFiles.log1, "log.35": ServerFiles.log35]) throws {
            directory = try TemporaryDirectory()
            for (name, bytes) in files { try directory.write(bytes, to: name) }
            catalog = IndexCatalog(directory: directory.path + "/index")
        }

        var logs: [StorageFile] { StorageFile.list(.log, in: directory.path) }
        var snapshots: [StorageFile] { StorageFile.list(.snapshot, in: directory.path) }

        func build(time: Int64 = 1_460_000_000_000) throws -> IndexSummary {
            let build = try catalog.begin(time: time)
            try build.add(snapshots: snapshots, before: logs.first?.zxid ?? .max) { false }
            for log in logs { try build.add(log: log) { false } }
            return try build.finish()
        }
    }

    private func records(_ reader: IndexReader, _ adjust: (inout IndexQuery) -> Void, limit: Int = 5000) throws -> [IndexRecord] {
        var query = IndexQuery()
        adjust(&query)
        return try reader.search(query, limit: limit).compactMap { try reader.record($0) }
    }

    @Test func holdsEveryChange() throws {
        let setup = try Setup()
        let summary = try setup.build()
        #expect(summary.name == "exhibitor-1460000000000")
        #expect(setup.catalog.list() == [summary])
        let reader = try setup.catalog.open(summary.name)
        let all = try records(reader) { _ in }
        #expect(all.map(\.id) == (0..<summary.count).reversed())
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.zxid >= $1.zxid })
        #expect(all.last?.path == "/a")
        #expect(all.last?.type == .createPersistent)
        #expect(summary.from == all.last?.time)
        #expect(summary.to == all.first?.time)
        #expect(try reader.record(summary.count) == nil)
        #expect(try reader.record(-1) == nil)
    }

    @Test func findsByEachTerm() throws {
        let setup = try Setup()
        let reader = try setup.catalog.open(try setup.build().name)
        #expect(try records(reader) { $0.pathPrefix = "/m" }.map(\.path) == ["/m/n", "/m"])
        #expect(try records(reader) { $0.pathMatch = "seq" }.map(\.path) == ["/a/seq-0000000001"])
        #expect(try records(reader) { $0.type = .createContainer }.map(\.path) == ["/cont"])
        #expect(try records(reader) { $0.type = .createTTL }.map(\.timeToLive) == [500_000])
        #expect(try records(reader) { $0.type = .setAccess }.map(\.path) == ["/acl"])
        #expect(try records(reader) { $0.type = .createEphemeral }.map(\.path) == ["/eph3", "/eph2", "/eph"])
        let sessions = Set(try records(reader) { $0.type = .closeSession }.map(\.session))
        #expect(sessions.count == 3)
        let first = try #require(try records(reader) { $0.path = "/eph" }.last).session
        #expect(
            Set(
                try records(reader) {
                    $0.session = first; $0.type = .delete
                }.map(\.path)) == ["/gone", "/a/b", "/eph", "/eph2"])
        let time = try #require(try records(reader) { $0.path = "/gone" }.first).time
        let during = try records(reader) { $0.times = time...time }
        #expect(!during.isEmpty && during.allSatisfy { $0.time == time })
        #expect(
            try records(reader) {
                $0.pathPrefix = "/a"; $0.type = .delete
            }.map(\.path) == ["/a/b"])
        #expect(try records(reader) { $0.pathPrefix = "/nothing" }.isEmpty)
    }

    @Test func keepsTheNewestWhenThereAreTooMany() throws {
        let setup = try Setup()
        let reader = try setup.catalog.open(try setup.build().name)
        let all = try records(reader) { $0.path = "/a" }
        #expect(all.map(\.version) == [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
        #expect(try records(reader, { $0.path = "/a" }, limit: 3) == Array(all.prefix(3)))
    }

    @Test func dataOutlivesTheLogs() throws {
        let setup = try Setup()
        let summary = try setup.build()
        for file in setup.logs { try FileManager.default.removeItem(atPath: file.path) }
        let reader = try setup.catalog.open(summary.name)
        let values = try records(reader) { $0.path = "/a" }.map { String(decoding: try reader.data(of: $0) ?? [], as: UTF8.self) }
        #expect(values == (0..<10).reversed().map { "v\($0)" } + ["three", "two", "one"])
        let access = try #require(try records(reader) { $0.type = .setAccess }.first)
        #expect(String(decoding: try reader.data(of: access) ?? [], as: UTF8.self).hasSuffix("world:anyone:rwcda\n"))
        let deletion = try #require(try records(reader) { $0.type = .delete }.first)
        #expect(try reader.data(of: deletion) == nil)
    }

    @Test func takesEachTransactionOnce() throws {
        let setup = try Setup()
        let once = try setup.build()
        // A backup that was made while the log was being written.
        let cut = try setup.directory.write(Array(ServerFiles.log1.prefix(2000)), to: "backup")
        let copy = StorageFile(kind: .log, zxid: 1, compression: .none, path: cut)
        let build = try setup.catalog.begin(time: 2)
        for log in [copy] + setup.logs + setup.logs { try build.add(log: log) { false } }
        #expect(try build.finish().count == once.count)
    }

    @Test func snapshotsTellTheTimeBeforeTheOldestLog() throws {
        let setup = try Setup(["log.35": ServerFiles.log35, "snapshot.33": ServerFiles.snapshot33])
        let summary = try setup.build()
        let reader = try setup.catalog.open(summary.name)
        #expect(summary.snapshotCount > 30)
        let all = try records(reader) { _ in }
        #expect(all.count == summary.count)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.zxid >= $1.zxid })
        let versions = try records(reader) { $0.path = "/a" }
        #expect(versions.map(\.version) == [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2])
        #expect(versions.last?.isFromSnapshot == true)
        #expect(String(decoding: try reader.data(of: try #require(versions.last)) ?? [], as: UTF8.self) == "three")
        let sequence = try records(reader, { $0.pathPrefix = "/a/n" }, limit: 40).map(\.path)
        // One of 40 was created between the snapshot and the log.
        #expect(sequence.count == 39)
        #expect(sequence == sequence.sorted().reversed())
    }

    @Test func nothingIsLeftOfAnIndexThatFails() throws {
        let setup = try Setup()
        let build = try setup.catalog.begin(time: 5)
        try build.add(log: try #require(setup.logs.first)) { false }
        #expect(setup.catalog.list().isEmpty)
        build.discard()
        #expect(setup.catalog.list().isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: setup.catalog.directory).isEmpty)
    }

    @Test func whatACrashLeavesIsNoIndex() throws {
        let setup = try Setup()
        let whole = try setup.build(time: 1)
        // Killed before the files were moved, and between the move and the properties.
        let root = setup.catalog.directory
        for name in ["exhibitor-7.unfinished", "exhibitor-8"] {
            try FileManager.default.createDirectory(atPath: "\(root)/\(name)", withIntermediateDirectories: true)
            try Data([1]).write(to: URL(filePath: "\(root)/\(name)/records"))
        }
        try Data("version=1\n".utf8).write(to: URL(filePath: "\(root)/exhibitor-9.properties"))
        #expect(setup.catalog.list() == [whole])
        #expect(throws: TransactionLogError.noIndex(name: "exhibitor-8")) { try setup.catalog.open("exhibitor-8") }
        _ = try setup.catalog.makeScratch(time: 10)
        try Data("not ours".utf8).write(to: URL(filePath: "\(root)/exhibitor-preferences"))
        setup.catalog.sweep()
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: root).sorted()
                == ["exhibitor-1", "exhibitor-1.properties", "exhibitor-9.properties", "exhibitor-preferences"])
        #expect(setup.catalog.list() == [whole])
    }

    @Test func namesOfIndexesLeadNowhereElse() throws {
        let setup = try Setup()
        _ = try setup.build(time: 1)
        for name in ["", "exhibitor-", "exhibitor-1/../exhibitor-1", "../index/exhibitor-1", "exhibitor-1.properties"] {
            #expect(setup.catalog.summary(named: name) == nil, "\(name)")
        }
    }

    @Test func aRemovedIndexIsReadToTheEnd() throws {
        let setup = try Setup()
        let name = try setup.build().name
        let reader = try setup.catalog.open(name)
        try setup.catalog.remove(name)
        #expect(setup.catalog.list().isEmpty)
        #expect(try records(reader) { $0.path = "/gone" }.count == 2)
        try setup.catalog.remove(name)
    }

    @Test func anEmptyIndexIsOne() throws {
        let setup = try Setup([:])
        let summary = try setup.build()
        #expect(summary.count == 0)
        #expect(try setup.catalog.open(summary.name).search(IndexQuery(), limit: 10).isEmpty)
    }

    @Test func damagedIndexesAreRefused() throws {
        let setup = try Setup(["log.1": ServerFiles.log1, "snapshot.33": ServerFiles.snapshot33, "log.35": ServerFiles.log35])
        let summary = try setup.build()
        let directory = setup.catalog.directory + "/" + summary.name
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let files = ["records", "paths", "blocks", "data"]
        let whole = try files.map { try Data(contentsOf: URL(filePath: directory + "/" + $0)) }
        for _ in 0..<200 {
            for (name, bytes) in zip(files, whole) {
                var bytes = bytes
                for _ in 0..<3 where !bytes.isEmpty {
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
                }
                if Int.random(in: 0..<10, using: &generator) == 0 { bytes.removeLast(bytes.count / 2) }
                try bytes.write(to: URL(filePath: directory + "/" + name))
            }
            guard let reader = try? setup.catalog.open(summary.name) else { continue }
            for id in (try? records(reader) { $0.pathMatch = "a" }.map(\.id)) ?? [] {
                if let record = try? reader.record(id) { _ = try? reader.data(of: record) }
            }
        }
    }
}
