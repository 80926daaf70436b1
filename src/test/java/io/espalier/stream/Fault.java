package io.espalier.stream;

import java.time.Duration;
import java.util.List;

/**
 * A failure of the task that runs an operator: its thread is interrupted, so that whatever it does
 * next throws. With patience, in the midst of certain code.
 *
 * @param operator its name
 * @param type what the name of the class must begin with that is found on the thread's stack
 * @param method the method of that class, empty for any
 */
record Fault(String operator, String type, String method) {

    private static final Duration AIM_LIMIT = Duration.ofSeconds(2);
    private static final Duration BLOW_LIMIT = Duration.ofSeconds(5);
    private static final int AIMS = 2;

    /**
     * Lets the task fail once, and proves it: tasks were started anew from a checkpoint, all run,
     * and two later checkpoints are complete.
     *
     * @param feed sends on while this happens
     * @return what happened, in a line
     */
    String inject(RunningJob job, Feed feed) throws Exception {
        int restarts = job.restarts();
        long restored = job.checkpoints().getNumberOfRestoredCheckpoints();
        List<Thread> threads = job.threads(operator).toList();
        boolean inside = false;
        for (int aim = 0; aim < AIMS; aim++) {
            feed.sendPart();
            inside = inside || interruptInside(threads);
        }
        int blows = 1;
        if (!inside) {
            threads.get(0).interrupt();
        }
        while (!Await.within(BLOW_LIMIT, () -> job.restarts() > restarts)) {
            blows++;
            threads.get(0).interrupt();
        }
        Await.until(operator + " recovers from a checkpoint", () -> recovered(job, restored));
        job.awaitCheckpoints(2);
        return "%-12s %-28s %s, %d blow(s), restart %d"
                .formatted(operator, where(), inside ? "inside" : "idle", blows, job.restarts());
    }

    private static boolean recovered(RunningJob job, long restored) throws Exception {
        return job.checkpoints().getNumberOfRestoredCheckpoints() > restored && job.isRunning();
    }

    /** Strikes as soon as one of the threads is where it should be hit; says whether one was. */
    private boolean interruptInside(List<Thread> threads) {
        long deadline = System.nanoTime() + AIM_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            for (Thread thread : threads) {
                for (StackTraceElement frame : thread.getStackTrace()) {
                    if (frame.getClassName().startsWith(type)
                            && (method.isEmpty() || frame.getMethodName().equals(method))) {
                        thread.interrupt();
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private String where() {
        String name = type.endsWith(".") ? type + "*" : type;
        return name.substring(name.substring(0, name.length() - 2).lastIndexOf('.') + 1)
                + "."
                + (method.isEmpty() ? "*" : method);
    }
}
