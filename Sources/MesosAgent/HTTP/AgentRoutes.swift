import FoundationEssentials
import HTTPTypes
import Hummingbird
import Platform
import ResourceModel

/// The agent's HTTP endpoints (contracts/mesos.md §6, §7).
struct AgentRoutes: Sendable {
    let agent: Agent
    let configuration: AgentConfiguration
    let start: AgentStart
    let launcher: TaskLauncher
    let collector: SandboxCollector
    let io: BlockingIO

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/health") { _, _ in Response(status: .ok) }
        return router
    }
}
