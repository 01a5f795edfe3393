/// A persistent hash table from names to values: copying it takes constant time, and changing a copy touches only the
/// path to the changed entry, so a published copy is an immutable snapshot (contracts/dns-networking.md §11, 4).
///
/// Two levels of 128 branches over small buckets; with 100,000 names a bucket holds about six.
struct NameTable<Value: Sendable>: Sendable {
    struct Entry: Sendable {
        var hash: UInt64
        var name: DNSName
        var value: Value
    }

    private var pages: [[[Entry]]]
    private(set) var count = 0
    /// Chosen per table so that nobody can prepare names that collide.
    let seed: UInt64

    init(seed: UInt64) {
        pages = Array(repeating: [], count: 128)
        self.seed = seed
    }

    /// FNV-1a over lower-case wire bytes, spread so that the low bits are good.
    @inline(__always)
    static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    @inline(__always)
    static func finish(_ hash: UInt64) -> UInt64 {
        let mixed = (hash ^ hash >> 32) &* 0xd6e8_feb8_6659_fd93
        return mixed ^ mixed >> 32
    }

    func hash(of name: DNSName) -> UInt64 {
        NameTable.finish(name.wire.reduce(seed, NameTable.step))
    }

    @inline(__always)
    private static func indices(_ hash: UInt64) -> (page: Int, bucket: Int) { (Int(hash & 127), Int(hash >> 7 & 127)) }

    /// - name: lower-case wire bytes whose hash is `hash`.
    @inline(__always)
    func value(hash: UInt64, name: UnsafeBufferPointer<UInt8>) -> Value? {
        let (page, bucket) = NameTable.indices(hash)
        guard !pages[page].isEmpty else { return nil }
        for entry in pages[page][bucket] where entry.hash == hash && entry.name.wire.count == name.count {
            let isEqual = entry.name.wire.withUnsafeBufferPointer { wire in
                var index = 0
                while index < name.count, wire[index] == name[index] { index += 1 }
                return index == name.count
            }
            if isEqual { return entry.value }
        }
        return nil
    }

    subscript(name: DNSName) -> Value? {
        get { name.wire.withUnsafeBufferPointer { value(hash: hash(of: name), name: $0) } }
        set {
            let hash = hash(of: name)
            let (page, bucket) = NameTable.indices(hash)
            if pages[page].isEmpty {
                guard newValue != nil else { return }
                pages[page] = Array(repeating: [], count: 128)
            }
            let index = pages[page][bucket].firstIndex { $0.hash == hash && $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): pages[page][bucket][index].value = value
            case (let index?, nil):
                pages[page][bucket].remove(at: index)
                count -= 1
            case (nil, let value?):
                pages[page][bucket].append(Entry(hash: hash, name: name, value: value))
                count += 1
            case (nil, nil): break
            }
        }
    }

    func forEach(_ body: (DNSName, Value) -> Void) {
        for page in pages {
            for bucket in page {
                for entry in bucket { body(entry.name, entry.value) }
            }
        }
    }
}
