package io.espalier.model;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Runs tasks on the threads a caller lends, and waits for all. */
public final class SideBySide {

    private SideBySide() {}

    /**
     * The tasks' results in the tasks' order.
     *
     * @throws RuntimeException what the first failed task threw
     */
    public static <T> List<T> run(ExecutorService threads, List<Callable<T>> tasks)
            throws InterruptedException {
        List<T> results = new ArrayList<>();
        for (Future<T> future : threads.invokeAll(tasks)) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                if (e.getCause() instanceof Error cause) {
                    throw cause;
                }
                throw new IllegalStateException(e.getCause());
            }
        }
        return results;
    }
}
