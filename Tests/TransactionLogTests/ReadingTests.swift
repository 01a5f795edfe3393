import FoundationEssentials
import Glibc
import Testing

@testable import TransactionLog

/// `gzip`, which replaces the file by one with the suffix `.gz`.
func runGzip(_ path: String) throws {
    var pid: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("gzip"), strdup(path), nil]
    defer { for text in arguments { free(text) } }
    #expect(posix_spawnp(&pid, "gzip", nil, nil, &arguments, environ) == 0)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    #expect(status == 0)
}

struct ReadingTests {
    @Test func adlerIsThatOfTheStandard() {
        #expect(Adler32.checksum(of: Array("Wikipedia".utf8)[...]) == 0x11e6_0398)
        #expect(Adler32.checksum(of: []) == 1)
        var generator = SeededGenerator(seed: 7)
        let bytes = (0..<20_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        #expect(Adler32.checksum(of: bytes[...]) == high << 16 | low)
        var parts = Adler32()
        parts.update(bytes[..<7777])
        parts.update(bytes[7777...])
        #expect(parts.value == high << 16 | low)
    }

    @Test func snappyCopiesMayOverlap() throws {
        // Length 9; the literal "abc"; a copy of 6 bytes from 3 back.
        #expect(try SnappyBlock.decompress([9, 2 << 2, 0x61, 0x62, 0x63, 5 << 2 | 2, 3, 0], limit: 100) == Array("abcabcabc".utf8))
        #expect(throws: TransactionLogError.self) {
            try SnappyBlock.decompress([9, 2 << 2, 0x61, 0x62, 0x63, 5 << 2 | 2, 4, 0], limit: 100)
        }
    }

    @Test func streamsCrossTheirBuffer() throws {
        var bytes: [UInt8] = []
        for number in 0..<100_000 { bytes += withUnsafeBytes(of: Int64(number).bigEndian, Array.init) }
        var stream = ByteStream(MemorySource(bytes), sums: true)
        for number in 0..<50_000 { #expect(try stream.int64() == Int64(number)) }
        let rest = try stream.bytes(400_000)
        #expect(Array(rest) == Array(bytes[400_000...]))
        #expect(stream.checksumSoFar == Adler32.checksum(of: bytes[...]))
        #expect(try stream.isAtEnd())
        #expect(throws: TransactionLogError.truncated) { _ = try stream.byte() }
    }

    @Test func fileNamesTellWhatTheyHold() {
        #expect(StorageFile(name: "log.100000001", path: "/x")?.zxid == 0x1_0000_0001)
        #expect(StorageFile(name: "snapshot.1f.snappy", path: "/x")?.compression == .snappy)
        #expect(StorageFile(name: "snapshot.1f.gz", path: "/x")?.kind == .snapshot)
        for name in ["log", "log.", "log.xyz", "log.1.", "log.1.zip", "acceptedEpoch", "log.1.gz.1", "snapshot.-1"] {
            #expect(StorageFile(name: name, path: "/x") == nil, "\(name)")
        }
    }

    @Test func aDamagedGzipFileIsReadUpToTheDamage() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(ServerFiles.log1, to: "log.1")
        try runGzip(path)
        let compressed = try Data(contentsOf: URL(filePath: path + ".gz"))
        try directory.write(Array(compressed.prefix(compressed.count - 200)), to: "log.1.gz")
        var reader = try LogReader(path: path + ".gz")
        while try reader.next() != nil {}
        #expect(reader.end?.isDamage == true)
    }
}
