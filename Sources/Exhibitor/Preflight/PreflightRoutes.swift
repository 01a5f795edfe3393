import Hummingbird
import Platform

/// `GET cluster/warnings`: what is wrong on this host, or on another.
struct PreflightRoutes<Context: RequestContext>: Sendable {
    let cluster: Cluster

    /// - group: `/exhibitor/v1/cluster`.
    func add(to group: RouterGroup<Context>) {
        group.serve("warnings", [.get]) { _, _ in try JSONResponse.make(await cluster.warnings()) }
        group.serve("warnings/:host", [.get]) { _, context in
            let host = try context.parameters.require("host")
            return try JSONResponse.make(await cluster.onHost(host, path: "warnings") { await cluster.warnings() })
        }
    }
}
