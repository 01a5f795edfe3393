import Simulation
import Testing

@Suite("Configuration of a simulation")
struct SimulationConfigurationTests {
    private func problem(_ change: (inout SimulationConfiguration) -> Void) -> String? {
        var configuration = SimulationConfiguration(zk: "zk://127.0.0.1:2181/mesos")
        change(&configuration)
        return configuration.problem
    }

    @Test("The defaults can be played")
    func defaults() { #expect(problem { _ in } == nil) }

    @Test("Sizes are bounded, and the message names the flag")
    func bounds() {
        #expect(problem { $0.agents = 0 }?.contains("--agents") == true)
        #expect(problem { $0.agents = 10_001 }?.contains("--agents") == true)
        #expect(problem { $0.tasks = 0 }?.contains("--tasks") == true)
        #expect(problem { $0.churn = -1 }?.contains("--churn") == true)
        #expect(problem { $0.churn = .infinity }?.contains("--churn") == true)
        #expect(problem { $0.frameworks = 0 }?.contains("--frameworks") == true)
        #expect(problem { $0.startMasters = 10 }?.contains("--start-masters") == true)
    }

    @Test("More tasks than fit into one chunk of each agent are refused")
    func tasksPerAgent() {
        #expect(
            problem {
                $0.agents = 2
                $0.tasks = 241
            }?.contains("--tasks") == true)
    }

    @Test("Masters are only killed when it is said which")
    func killsNeedMasters() {
        #expect(problem { $0.killMasterEvery = .seconds(30) }?.contains("--start-masters") == true)
        #expect(
            problem {
                $0.killMasterEvery = .seconds(30)
                $0.startMasters = 3
            } == nil)
    }

    @Test("A known master is host:port=pid")
    func knownMaster() {
        let known = SimulationConfiguration.KnownMaster(text: "127.0.0.1:5050=4711")
        #expect(known?.endpoint == "127.0.0.1:5050" && known?.pid == 4711)
        for text in ["", "4711", "127.0.0.1=4711", "127.0.0.1:5050=", "127.0.0.1:5050=1", "127.0.0.1:5050=x"] {
            #expect(SimulationConfiguration.KnownMaster(text: text) == nil, "\(text)")
        }
    }
}
