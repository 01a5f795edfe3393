import Glibc
import TransactionLog

/// Indexes the logs of a directory, searches the index and removes it. Arguments: directory of the logs, of the index.
func run(_ logDirectory: String, _ indexDirectory: String) throws {
    let clock = ContinuousClock()
    let logs = StorageFile.list(.log, in: logDirectory)
    let catalog = IndexCatalog(directory: indexDirectory)
    let build = try catalog.begin(time: 1)
    var summary: IndexSummary?
    let making = try clock.measure {
        for log in logs { try build.add(log: log) { false } }
        summary = try build.finish()
    }
    guard let summary else { return }
    let megabytes = Double(build.bytesRead) / 1e6
    print("index: \(Int(megabytes)) MB, \(summary.count) records, \(format(making)) s, \(Int(megabytes / seconds(making))) MB/s")
    print("index processor time: \(format(processorTime())) s, peak memory: \(peakMemory()) MB")
    for problem in build.problems { print("problem: \(problem)") }

    let reader = try catalog.open(summary.name)
    func search(_ note: String, _ adjust: (inout IndexQuery) -> Void) throws {
        var query = IndexQuery()
        adjust(&query)
        var hits = 0
        let time = try clock.measure { hits = try reader.search(query, limit: 5000).count }
        print("search \(note): \(hits) hits, \(format(time)) s")
    }
    try search("of what is nowhere") { $0.pathMatch = "no such path" }
    try search("by part of the path") { $0.pathMatch = "77777" }
    try search("by session") { $0.session = 0x1000_0000_0000_0003 }
    try search("of one znode") { $0.path = "/apps/0000000042" }
    let record = try reader.record(summary.count / 2)
    let fetching = try clock.measure { _ = try record.map { try reader.data(of: $0) } }
    print("data of one record: \(format(fetching)) s")
    print("peak memory with searches: \(peakMemory()) MB")
    try catalog.remove(summary.name)
}

func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }

func format(_ duration: Duration) -> String {
    let thousandths = Int((seconds(duration) * 1000).rounded())
    let digits = "\(thousandths % 1000)"
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
}

/// Of this process so far, on all processors.
func processorTime() -> Duration {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return .seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + .microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
}

func peakMemory() -> Int {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss / 1024
}

guard CommandLine.arguments.count == 3 else {
    print("log-index <directory of logs> <directory of the index>")
    exit(2)
}
do {
    try run(CommandLine.arguments[1], CommandLine.arguments[2])
} catch {
    print("failed: \(error)")
    exit(1)
}
