-- Copies the one job that is there until there are @jobs.
INSERT INTO hangfire.job (statename, invocationdata, arguments, createdat)
SELECT j.statename, j.invocationdata, j.arguments, j.createdat FROM hangfire.job AS j, generate_series(2, @jobs);

INSERT INTO hangfire.jobqueue (jobid, queue)
SELECT j.id, q.queue FROM hangfire.job AS j, (SELECT queue FROM hangfire.jobqueue LIMIT 1) AS q WHERE j.id NOT IN (SELECT jobid FROM hangfire.jobqueue);
