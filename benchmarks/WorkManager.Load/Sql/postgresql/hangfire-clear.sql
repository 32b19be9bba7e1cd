TRUNCATE hangfire.job, hangfire.jobqueue, hangfire.counter, hangfire.state CASCADE
