import EnsembleTesting
import NIOHTTP1
import Testing

@testable import Exhibitor

@Suite(.serialized) struct MetricsTests {
    @Test func numbersOfTheServerBecomeSamples() {
        let answer = """
            zk_version\t3.8.0-${mvngit.commit.id}, built on 2022
            zk_server_state\tleader
            zk_znode_count\t5
            zk_avg_latency\t0.5
            zk_cnt_readlatency\t7
            zk_odd\tNaN
            zk_cnt_a/b_write_per_namespace\t1
            zk_znode_count\t6
            nonsense
            """
        var metrics = PrometheusText()
        ServerMetrics.add(answer, to: &metrics)
        #expect(
            metrics.text == """
                # TYPE zk_znode_count gauge
                zk_znode_count 5
                # TYPE zk_avg_latency gauge
                zk_avg_latency 0.5
                # TYPE zk_cnt_readlatency counter
                zk_cnt_readlatency 7
                # TYPE zk_cnt_a_b_write_per_namespace counter
                zk_cnt_a_b_write_per_namespace 1

                """)
    }

    @Test func labelsAreEscaped() {
        var metrics = PrometheusText()
        metrics.add("m", .gauge, help: "what it is", labels: ["host": "a\"b\\c\nd"], value: 1)
        #expect(metrics.text == "# HELP m what it is\n# TYPE m gauge\nm{host=\"a\\\"b\\\\c\\nd\"} 1\n")
    }

    @Test func aScrapeTellsOfTheServerAndTheManager() async throws {
        try await ExplorerHost.run { host async throws in
            let answer = try await host.get("/metrics")
            #expect(answer.status == 200)
            #expect(answer.headers.first(name: "content-type")?.hasPrefix("text/plain; version=0.0.4") == true)
            for line in [
                "exhibitor_instance_state{hostname=\"\(host.host)\"} 3", "exhibitor_is_leader 1", "exhibitor_restarts_total 0",
                "# TYPE zk_znode_count gauge", "# TYPE zk_packets_received counter", "exhibitor_requests_active 1",
            ] { #expect(answer.body.contains(line + "\n"), "\(line)") }
            var names: Set<Substring> = []
            for line in answer.body.split(separator: "\n") {
                let parts = line.split(separator: " ")
                if line.hasPrefix("# TYPE ") {
                    #expect(names.insert(parts[2]).inserted, "\(line)")
                    #expect(["counter", "gauge", "untyped"].contains(parts[3]), "\(line)")
                } else if !line.hasPrefix("# HELP ") {
                    #expect(parts.count == 2 && Double(parts[1]) != nil, "\(line)")
                }
            }
            #expect(try await host.get("metrics").body.contains("exhibitor_is_leader 1"))
        }
    }
}
