import HTTPTypes
import Hummingbird
import NIOCore
import Platform

/// `/exhibitor/v1/cluster/*` (contracts/exhibitor.md §3).
struct ClusterRoutes<Context: RequestContext>: Sendable {
    let cluster: Cluster

    func add(to group: RouterGroup<Context>) {
        questions(group)
        records(group)
        orders(group)
    }

    private func questions(_ group: RouterGroup<Context>) {
        group.serve("status", [.get]) { request, _ in
            try acceptJSON(request)
            return request.isVerbose
                ? try JSONResponse.make(await cluster.verboseStatus()) : try JSONResponse.make(await cluster.status())
        }
        group.serve("state", [.get]) { request, _ in
            try acceptJSON(request)
            return request.isVerbose ? try JSONResponse.make(await cluster.verboseState()) : try JSONResponse.make(await cluster.state())
        }
        group.serve("state/:host", [.get]) { request, context in
            try acceptJSON(request)
            let host = try context.parameters.require("host")
            return try JSONResponse.make(await cluster.onHost(host, path: "state") { await cluster.state() })
        }
        group.serve("list", [.get]) { request, _ in
            let list = await cluster.list()
            switch try accept(request, [.json, .form]) {
            case .json: return try JSONResponse.make(list)
            case .form:
                return Response(
                    status: .ok, headers: [.contentType: MediaType.form.rawValue],
                    body: .init(byteBuffer: ByteBuffer(string: list.form)))
            }
        }
        group.serve("4ltr/:word", [.get]) { request, context in
            try acceptJSON(request)
            return try JSONResponse.make(await cluster.ask(try context.parameters.require("word")))
        }
        group.serve("4ltr/:word/:host", [.get]) { request, context in
            try acceptJSON(request)
            let word = try context.parameters.require("word")
            let host = try context.parameters.require("host")
            return try JSONResponse.make(
                await cluster.textOnHost(host, path: "4ltr/\(word)") { await cluster.ask(word) })
        }
        group.serve("log", [.get]) { request, _ in
            try acceptJSON(request)
            return try JSONResponse.make(cluster.activityLog.text)
        }
        group.serve("log/:host", [.get]) { request, context in
            try acceptJSON(request)
            let host = try context.parameters.require("host")
            return try JSONResponse.make(await cluster.textOnHost(host, path: "log") { cluster.activityLog.text })
        }
    }

    /// Beyond the baseline: the timeline and the server's own log.
    private func records(_ group: RouterGroup<Context>) {
        group.serve("timeline", [.get]) { request, _ in
            try acceptJSON(request)
            return try JSONResponse.make(cluster.timeline.entries(limit: request.number("limit") ?? 200))
        }
        group.serve("timeline/:host", [.get]) { request, context in
            try acceptJSON(request)
            let limit = request.number("limit") ?? 200
            let host = try context.parameters.require("host")
            return try JSONResponse.make(
                await cluster.onHost(host, path: "timeline?limit=\(limit)") { cluster.timeline.entries(limit: limit) })
        }
        group.serve("zookeeper-log", [.get]) { request, _ in
            try acceptJSON(request)
            return try JSONResponse.make(await cluster.serverLog(lines: request.number("lines") ?? 200))
        }
        group.serve("zookeeper-log/:host", [.get]) { request, context in
            try acceptJSON(request)
            let lines = request.number("lines") ?? 200
            let host = try context.parameters.require("host")
            return try JSONResponse.make(
                await cluster.textOnHost(host, path: "zookeeper-log?lines=\(lines)") { await cluster.serverLog(lines: lines) })
        }
    }

    private func orders(_ group: RouterGroup<Context>) {
        for order in Cluster.Order.allCases {
            group.serve("\(order.rawValue)", [.get, .post]) { request, _ in
                try SameOrigin.check(request)
                return try JSONResponse.make(await cluster.carryOut(order))
            }
            group.serve("\(order.rawValue)/:host", [.get, .post]) { request, context in
                try SameOrigin.check(request)
                let host = try context.parameters.require("host")
                return try JSONResponse.make(
                    await cluster.onHost(host, path: order.rawValue) { await cluster.carryOut(order) })
            }
        }
        group.serve("set/:type/:value", [.get, .post]) { request, context in
            try SameOrigin.check(request)
            return try JSONResponse.make(
                await cluster.setSwitch(
                    try context.parameters.require("type"), to: try context.parameters.require("value")))
        }
        group.serve("set/:type/:value/:host", [.get, .post]) { request, context in
            try SameOrigin.check(request)
            let type = try context.parameters.require("type")
            let value = try context.parameters.require("value")
            let host = try context.parameters.require("host")
            return try JSONResponse.make(
                await cluster.onHost(host, path: "set/\(type)/\(value)") { await cluster.setSwitch(type, to: value) })
        }
    }

    private func accept(_ request: Request, _ offers: [MediaType]) throws -> MediaType {
        guard let chosen = MediaType.choose(accept: request.headers[.accept], from: offers) else {
            throw HTTPError(.notAcceptable, message: "Offered: \(offers.map(\.rawValue).joined(separator: ", "))")
        }
        return chosen
    }

    private func acceptJSON(_ request: Request) throws {
        _ = try accept(request, [.json])
    }
}
