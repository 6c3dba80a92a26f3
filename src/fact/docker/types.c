/* Fields that rules ask for, under the names and types of moby's Go structs; what is not here has
 * no meaning for them and is passed over. */
#include "fact/docker/docker-int.h"

#define F(key, of_type) {.name = #key, .type = &(of_type)},
#define STRUCT(type_name, field_list)             \
	static const struct go_type type_name = { \
		.kind = GO_STRUCT, .fields = (field_list), .n = ARRAY_LEN(field_list)}
#define POINTER(type_name, field_list)                                   \
	static const struct go_type type_name = {.kind = GO_STRUCT,      \
						 .pointer = true,        \
						 .fields = (field_list), \
						 .n = ARRAY_LEN(field_list)}
#define OF(type_name, go_kind, element) \
	static const struct go_type type_name = {.kind = (go_kind), .of = &(element)}

static const struct go_type boolean = {.kind = GO_BOOL};
static const struct go_type boolean_pointer = {.kind = GO_BOOL, .pointer = true};
static const struct go_type integer = {.kind = GO_INT};
static const struct go_type integer_pointer = {.kind = GO_INT, .pointer = true};
static const struct go_type uint16 = {.kind = GO_INT, .bits = 16, .is_unsigned = true};
static const struct go_type uint32 = {.kind = GO_INT, .bits = 32, .is_unsigned = true};
static const struct go_type string = {.kind = GO_STRING};
static const struct go_type words = {.kind = GO_WORDS};
static const struct go_type nothing = {.kind = GO_STRUCT};
OF(strings, GO_SLICE, string);
OF(string_lists, GO_SLICE, strings);
OF(string_map, GO_MAP, string);
OF(set, GO_MAP, nothing);

static const struct go_field health_fields[] = {
	/* clang-format off */
	F(Test, strings)
	F(Interval, integer)
	F(Timeout, integer)
	F(StartPeriod, integer)
	F(StartInterval, integer)
	F(Retries, integer)
	/* clang-format on */
};
POINTER(health, health_fields);

#define CONFIG_FIELDS               \
	F(Hostname, string)         \
	F(Domainname, string)       \
	F(User, string)             \
	F(ExposedPorts, set)        \
	F(Tty, boolean)             \
	F(OpenStdin, boolean)       \
	F(CreateCommand, strings)   \
	F(Env, strings)             \
	F(Cmd, words)               \
	F(Healthcheck, health)      \
	F(Image, string)            \
	F(Volumes, set)             \
	F(WorkingDir, string)       \
	F(Entrypoint, words)        \
	F(NetworkDisabled, boolean) \
	F(MacAddress, string)       \
	F(OnBuild, strings)         \
	F(Labels, string_map)       \
	F(Shell, words)
static const struct go_field config_fields[] = {CONFIG_FIELDS};
POINTER(config, config_fields);
/* Podman writes annotations here. */
static const struct go_field container_config_fields[] = {CONFIG_FIELDS F(Annotations, string_map)};
POINTER(container_config, container_config_fields);

static const struct go_field log_fields[] = {F(Type, string) F(Config, string_map)};
STRUCT(log_config, log_fields);
static const struct go_field binding_fields[] = {F(HostIp, string) F(HostPort, string)};
STRUCT(binding, binding_fields);
OF(bindings, GO_SLICE, binding);
OF(port_map, GO_MAP, bindings);
static const struct go_field restart_fields[] = {F(Name, string) F(MaximumRetryCount, integer)};
STRUCT(restart, restart_fields);
static const struct go_field device_fields[] = {F(PathOnHost, string) F(PathInContainer, string)
							F(CgroupPermissions, string)};
STRUCT(device, device_fields);
OF(devices, GO_SLICE, device);
static const struct go_field request_fields[] = {F(Driver, string) F(Count, integer) F(
	DeviceIDs, strings) F(Capabilities, string_lists) F(Options, string_map)};
STRUCT(request, request_fields);
OF(requests, GO_SLICE, request);
static const struct go_field ulimit_fields[] = {F(Name, string) F(Hard, integer) F(Soft, integer)};
POINTER(ulimit, ulimit_fields);
OF(ulimits, GO_SLICE, ulimit);

static const struct go_field bind_fields[] = {
	/* clang-format off */
	F(Propagation, string)
	F(NonRecursive, boolean)
	F(CreateMountpoint, boolean)
	F(ReadOnlyNonRecursive, boolean)
	F(ReadOnlyForceRecursive, boolean)
	/* clang-format on */
};
POINTER(bind_options, bind_fields);
static const struct go_field driver_fields[] = {F(Name, string) F(Options, string_map)};
POINTER(driver, driver_fields);
static const struct go_field volume_fields[] = {F(NoCopy, boolean) F(Labels, string_map)
							F(DriverConfig, driver) F(Subpath, string)};
POINTER(volume_options, volume_fields);
static const struct go_field image_fields[] = {F(Subpath, string)};
POINTER(image_options, image_fields);
static const struct go_field tmpfs_fields[] = {F(SizeBytes, integer) F(Mode, uint32)
						       F(Options, string_lists)};
POINTER(tmpfs_options, tmpfs_fields);
static const struct go_field mount_fields[] = {
	/* clang-format off */
	F(Type, string)
	F(Source, string)
	F(Target, string)
	F(ReadOnly, boolean)
	F(Consistency, string)
	F(BindOptions, bind_options)
	F(VolumeOptions, volume_options)
	F(ImageOptions, image_options)
	F(TmpfsOptions, tmpfs_options)
	/* clang-format on */
};
STRUCT(mount, mount_fields);
OF(mounts, GO_SLICE, mount);

/* Podman's own. */
static const struct go_field id_fields[] = {F(UidMap, strings) F(GidMap, strings)};
POINTER(id_mappings, id_fields);

#define HOST_FIELDS                        \
	F(CpuShares, integer)              \
	F(Memory, integer)                 \
	F(NanoCpus, integer)               \
	F(CgroupParent, string)            \
	F(BlkioWeight, uint16)             \
	F(CpuPeriod, integer)              \
	F(CpuQuota, integer)               \
	F(CpusetCpus, string)              \
	F(CpusetMems, string)              \
	F(Devices, devices)                \
	F(DeviceCgroupRules, strings)      \
	F(DeviceRequests, requests)        \
	F(MemoryReservation, integer)      \
	F(MemorySwap, integer)             \
	F(OomKillDisable, boolean_pointer) \
	F(PidsLimit, integer_pointer)      \
	F(Ulimits, ulimits)                \
	F(Binds, strings)                  \
	F(LogConfig, log_config)           \
	F(NetworkMode, string)             \
	F(PortBindings, port_map)          \
	F(RestartPolicy, restart)          \
	F(VolumeDriver, string)            \
	F(VolumesFrom, strings)            \
	F(CapAdd, words)                   \
	F(CapDrop, words)                  \
	F(CgroupnsMode, string)            \
	F(ExtraHosts, strings)             \
	F(GroupAdd, strings)               \
	F(IpcMode, string)                 \
	F(OomScoreAdj, integer)            \
	F(PidMode, string)                 \
	F(Privileged, boolean)             \
	F(PublishAllPorts, boolean)        \
	F(ReadonlyRootfs, boolean)         \
	F(SecurityOpt, strings)            \
	F(StorageOpt, string_map)          \
	F(Tmpfs, string_map)               \
	F(UTSMode, string)                 \
	F(UsernsMode, string)              \
	F(ShmSize, integer)                \
	F(Sysctls, string_map)             \
	F(Runtime, string)                 \
	F(Mounts, mounts)                  \
	F(MaskedPaths, strings)            \
	F(ReadonlyPaths, strings)          \
	F(Annotations, string_map)
static const struct go_field host_fields[] = {HOST_FIELDS};
POINTER(host, host_fields);
const struct go_type docker_host_type = {
	.kind = GO_STRUCT, .fields = host_fields, .n = ARRAY_LEN(host_fields)};
static const struct go_field inspect_host_fields[] = {HOST_FIELDS F(CgroupMode, string)
							      F(IDMappings, id_mappings)};
POINTER(inspect_host, inspect_host_fields);

static const struct go_field endpoint_fields[] = {F(NetworkID, string) F(MacAddress, string)
							  F(DriverOpts, string_map)};
POINTER(endpoint, endpoint_fields);
OF(endpoints, GO_MAP, endpoint);
static const struct go_field networking_fields[] = {F(EndpointsConfig, endpoints)};
POINTER(networking, networking_fields);

static const struct go_field create_fields[] = {CONFIG_FIELDS F(Cpuset, string) F(HostConfig, host)
							F(NetworkingConfig, networking)};
const struct go_type docker_create_type = {
	.kind = GO_STRUCT, .fields = create_fields, .n = ARRAY_LEN(create_fields)};

static const struct go_field state_fields[] = {F(Status, string) F(Running, boolean) F(Pid, integer)
						       F(OciVersion, string) F(CgroupPath, string)};
POINTER(state, state_fields);
static const struct go_field point_fields[] = {
	/* clang-format off */
	F(Type, string)
	F(Name, string)
	F(Source, string)
	F(Destination, string)
	F(Driver, string)
	F(Mode, string)
	F(RW, boolean)
	F(Propagation, string)
	F(Options, strings)
	/* clang-format on */
};
STRUCT(point, point_fields);
OF(points, GO_SLICE, point);
static const struct go_field settings_fields[] = {F(Ports, port_map) F(Networks, endpoints)};
POINTER(settings, settings_fields);
static const struct go_field inspect_fields[] = {
	/* clang-format off */
	F(Id, string)
	F(Name, string)
	F(State, state)
	F(Image, string)
	F(ImageName, string)
	F(Driver, string)
	F(Platform, string)
	F(AppArmorProfile, string)
	F(ProcessLabel, string)
	F(EffectiveCaps, strings)
	F(BoundingCaps, strings)
	F(OCIRuntime, string)
	F(ConmonPidFile, string)
	F(Config, container_config)
	F(HostConfig, inspect_host)
	F(Mounts, points)
	F(NetworkSettings, settings)
	/* clang-format on */
};
const struct go_type docker_inspect_type = {
	.kind = GO_STRUCT, .fields = inspect_fields, .n = ARRAY_LEN(inspect_fields)};

static const struct go_field info_fields[] = {
	/* clang-format off */
	F(SecurityOptions, strings)
	F(CgroupVersion, string)
	F(DefaultRuntime, string)
	F(LoggingDriver, string)
	F(ServerVersion, string)
	F(OSType, string)
	F(DockerRootDir, string)
	/* clang-format on */
};
const struct go_type docker_info_type = {
	.kind = GO_STRUCT, .fields = info_fields, .n = ARRAY_LEN(info_fields)};

static const struct go_field image_document_fields[] = {F(Id, string) F(Os, string)
								F(Config, config)};
const struct go_type docker_image_type = {
	.kind = GO_STRUCT, .fields = image_document_fields, .n = ARRAY_LEN(image_document_fields)};
