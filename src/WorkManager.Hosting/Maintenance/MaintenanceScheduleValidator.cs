using Microsoft.Extensions.Options;

namespace WorkManager.Hosting.Maintenance;

[OptionsValidator]
internal sealed partial class MaintenanceScheduleValidator : IValidateOptions<MaintenanceSchedule>;
