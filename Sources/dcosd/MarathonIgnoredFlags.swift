import ArgumentParser

/// Flags of the original that have nothing to set here: accepted, so that its unit files and scripts go on working.
struct MarathonIgnoredFlags: ParsableArguments {
    @Option(name: .customLong("https_address"), help: .hidden) var httpsAddress: String?
    @Option(name: .customLong("https_port"), help: .hidden) var httpsPort: String?
    @Option(name: .customLong("ssl_keystore_path"), help: .hidden) var sslKeystorePath: String?
    @Option(name: .customLong("ssl_keystore_password"), help: .hidden) var sslKeystorePassword: String?
    @Option(name: .customLong("zk_max_node_size"), help: .hidden) var zkMaxNodeSize: String?
    @Option(name: .customLong("zk_compression_threshold"), help: .hidden) var zkCompressionThreshold: String?
    @Option(name: .customLong("executor"), help: .hidden) var executor: String?
    @Option(name: .customLong("mesos_authentication_secret"), help: .hidden) var mesosAuthenticationSecret: String?
    @Option(name: .customLong("mesos_authentication_secret_file"), help: .hidden) var mesosAuthenticationSecretFile: String?
    @Option(name: .customLong("task_reservation_timeout"), help: .hidden) var taskReservationTimeout: String?
    @Option(name: .customLong("task_lost_expunge_initial_delay"), help: .hidden) var taskLostExpungeInitialDelay: String?
    @Option(name: .customLong("task_lost_expunge_interval"), help: .hidden) var taskLostExpungeInterval: String?
    @Option(name: .customLong("scale_apps_initial_delay"), help: .hidden) var scaleAppsInitialDelay: String?
    @Option(name: .customLong("launch_tokens"), help: .hidden) var launchTokens: String?
    @Option(name: .customLong("launch_token_refresh_interval"), help: .hidden) var launchTokenRefreshInterval: String?
    @Option(name: .customLong("offer_matching_timeout"), help: .hidden) var offerMatchingTimeout: String?
    @Option(name: .customLong("save_tasks_to_launch_timeout"), help: .hidden) var saveTasksToLaunchTimeout: String?
    @Option(name: .customLong("on_elected_prepare_timeout"), help: .hidden) var onElectedPrepareTimeout: String?
    @Option(name: .customLong("mesos_heartbeat_interval"), help: .hidden) var mesosHeartbeatInterval: String?
    @Option(name: .customLong("mesos_heartbeat_failure_threshold"), help: .hidden) var mesosHeartbeatFailureThreshold: String?
    @Option(name: .customLong("max_queued_root_group_updates"), help: .hidden) var maxQueuedRootGroupUpdates: String?
    @Option(name: .customLong("max_parallel_status_updates"), help: .hidden) var maxParallelStatusUpdates: String?
    @Option(name: .customLong("max_queued_status_updates"), help: .hidden) var maxQueuedStatusUpdates: String?
    @Option(name: .customLong("http_max_concurrent_requests"), help: .hidden) var httpMaxConcurrentRequests: String?
    @Option(name: .customLong("reporter_graphite"), help: .hidden) var reporterGraphite: String?
    @Option(name: .customLong("reporter_datadog"), help: .hidden) var reporterDatadog: String?
    @Option(name: .customLong("logstash"), help: .hidden) var logstash: String?
    @Option(name: .customLong("sentry"), help: .hidden) var sentry: String?
    @Option(name: .customLong("sentry_tags"), help: .hidden) var sentryTags: String?
    @Option(name: .customLong("assets_path"), help: .hidden) var assetsPath: String?
    @Option(name: .customLong("marathon_store_timeout"), help: .hidden) var marathonStoreTimeout: String?
    @Option(name: .customLong("max_tasks_per_offer_cycle"), help: .hidden) var maxTasksPerOfferCycle: String?
    @Option(name: .customLong("leader_election_backend"), help: .hidden) var leaderElectionBackend: String?
    @Option(name: .customLong("internal_store_backend"), help: .hidden) var internalStoreBackend: String?
    @Option(name: .customLong("max_actor_startup_time"), help: .hidden) var maxActorStartupTime: String?
    @Option(name: .customLong("task_tracker_request_timeout"), help: .hidden) var taskTrackerRequestTimeout: String?
    @Option(name: .customLong("task_update_request_timeout"), help: .hidden) var taskUpdateRequestTimeout: String?
    @Option(name: .customLong("group_manager_request_timeout"), help: .hidden) var groupManagerRequestTimeout: String?
    @Option(name: .customLong("launch_queue_request_timeout"), help: .hidden) var launchQueueRequestTimeout: String?
    @Option(name: .customLong("task_operation_notification_timeout"), help: .hidden) var taskOperationNotificationTimeout: String?
    @Option(name: .customLong("killsPerBatch"), help: .hidden) var killsPerBatch: String?
    @Option(name: .customLong("killBatchDuration"), help: .hidden) var killBatchDuration: String?
    @Flag(name: .customLong("zk_compression"), help: .hidden) var zkCompression = false
    @Flag(name: .customLong("disable_zk_compression"), help: .hidden) var disableZkCompression = false
    @Flag(name: .customLong("ha"), help: .hidden) var ha = false
    @Flag(name: .customLong("disable_ha"), help: .hidden) var disableHa = false
    @Flag(name: .customLong("revive_offers_for_new_apps"), help: .hidden) var reviveOffersForNewApps = false
    @Flag(name: .customLong("disable_revive_offers_for_new_apps"), help: .hidden) var disableReviveOffersForNewApps = false
    @Flag(name: .customLong("mesos_authentication"), help: .hidden) var mesosAuthentication = false
    @Flag(name: .customLong("disable_mesos_authentication"), help: .hidden) var disableMesosAuthentication = false
    @Flag(name: .customLong("metrics"), help: .hidden) var metrics = false
    @Flag(name: .customLong("disable_metrics"), help: .hidden) var disableMetrics = false
    @Flag(name: .customLong("store_cache"), help: .hidden) var storeCache = false
    @Flag(name: .customLong("disable_store_cache"), help: .hidden) var disableStoreCache = false
    @Flag(name: .customLong("tracing"), help: .hidden) var tracing = false
    @Flag(name: .customLong("disable_tracing"), help: .hidden) var disableTracing = false
    @Flag(name: .customLong("http_compression"), help: .hidden) var httpCompression = false
    @Flag(name: .customLong("disable_http_compression"), help: .hidden) var disableHttpCompression = false
    @Flag(name: .customLong("leader_proxy_ssl_ignore_hostname"), help: .hidden) var leaderProxySslIgnoreHostname = false
}
