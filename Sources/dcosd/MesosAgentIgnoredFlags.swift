import ArgumentParser

/// Flags of the original that have nothing to set here: accepted, so that its unit files and scripts go on working.
struct MesosAgentIgnoredFlags: ParsableArguments {
    @Option(name: .customLong("launcher"), help: .hidden) var launcher: String?
    @Option(name: .customLong("launcher_dir"), help: .hidden) var launcherDir: String?
    @Option(name: .customLong("image_providers"), help: .hidden) var imageProviders: String?
    @Option(name: .customLong("image_provisioner_backend"), help: .hidden) var imageProvisionerBackend: String?
    @Option(name: .customLong("docker_registry"), help: .hidden) var dockerRegistry: String?
    @Option(name: .customLong("docker_store_dir"), help: .hidden) var dockerStoreDir: String?
    @Option(name: .customLong("docker_config"), help: .hidden) var dockerConfig: String?
    @Option(name: .customLong("docker"), help: .hidden) var docker: String?
    @Option(name: .customLong("docker_socket"), help: .hidden) var dockerSocket: String?
    @Option(name: .customLong("docker_mesos_image"), help: .hidden) var dockerMesosImage: String?
    @Option(name: .customLong("docker_remove_delay"), help: .hidden) var dockerRemoveDelay: String?
    @Option(name: .customLong("docker_stop_timeout"), help: .hidden) var dockerStopTimeout: String?
    @Option(name: .customLong("docker_kill_orphans"), help: .hidden) var dockerKillOrphans: String?
    @Option(name: .customLong("docker_volume_checkpoint_dir"), help: .hidden) var dockerVolumeCheckpointDir: String?
    @Option(name: .customLong("sandbox_directory"), help: .hidden) var sandboxDirectory: String?
    @Option(name: .customLong("strict"), help: .hidden) var strict: String?
    @Option(name: .customLong("cgroups_cpu_enable_pids_and_tids_count"), help: .hidden) var cgroupsCpuEnablePidsAndTidsCount: String?
    @Option(name: .customLong("cgroups_net_cls_primary_handle"), help: .hidden) var cgroupsNetClsPrimaryHandle: String?
    @Option(name: .customLong("revocable_cpu_low_priority"), help: .hidden) var revocableCpuLowPriority: String?
    @Option(name: .customLong("network_cni_plugins_dir"), help: .hidden) var networkCniPluginsDir: String?
    @Option(name: .customLong("network_cni_config_dir"), help: .hidden) var networkCniConfigDir: String?
    @Option(name: .customLong("hadoop_home"), help: .hidden) var hadoopHome: String?
    @Option(name: .customLong("container_logger"), help: .hidden) var containerLogger: String?
    @Option(name: .customLong("systemd_enable_support"), help: .hidden) var systemdEnableSupport: String?
    @Option(name: .customLong("systemd_runtime_directory"), help: .hidden) var systemdRuntimeDirectory: String?
    @Option(name: .customLong("http_command_executor"), help: .hidden) var httpCommandExecutor: String?
    @Option(name: .customLong("oversubscribed_resources_interval"), help: .hidden) var oversubscribedResourcesInterval: String?
    @Option(name: .customLong("qos_correction_interval_min"), help: .hidden) var qosCorrectionIntervalMin: String?
    @Option(name: .customLong("qos_controller"), help: .hidden) var qosController: String?
    @Option(name: .customLong("resource_estimator"), help: .hidden) var resourceEstimator: String?
    @Option(name: .customLong("hooks"), help: .hidden) var hooks: String?
    @Option(name: .customLong("modules"), help: .hidden) var modules: String?
    @Option(name: .customLong("modules_dir"), help: .hidden) var modulesDir: String?
    @Option(name: .customLong("firewall_rules"), help: .hidden) var firewallRules: String?
    @Option(name: .customLong("authenticate_http"), help: .hidden) var authenticateHttp: String?
    @Option(name: .customLong("authenticatee"), help: .hidden) var authenticatee: String?
    @Option(name: .customLong("http_authenticators"), help: .hidden) var httpAuthenticators: String?
    @Option(name: .customLong("http_credentials"), help: .hidden) var httpCredentials: String?
    @Option(name: .customLong("credential"), help: .hidden) var credential: String?
    @Option(name: .customLong("acls"), help: .hidden) var acls: String?
    @Option(name: .customLong("authorizer"), help: .hidden) var authorizer: String?
    @Option(name: .customLong("advertise_ip"), help: .hidden) var advertiseIp: String?
    @Option(name: .customLong("advertise_port"), help: .hidden) var advertisePort: String?
    @Option(name: .customLong("logbufsecs"), help: .hidden) var logbufsecs: String?
    @Option(name: .customLong("quiet"), help: .hidden) var quiet: String?
    @Option(name: .customLong("initialize_driver_logging"), help: .hidden) var initializeDriverLogging: String?
    @Option(name: .customLong("perf_events"), help: .hidden) var perfEvents: String?
    @Option(name: .customLong("perf_duration"), help: .hidden) var perfDuration: String?
    @Option(name: .customLong("perf_interval"), help: .hidden) var perfInterval: String?
}
