package dev.sluice.edge;

/** Makes the service of each worker, on that worker. */
public interface ServiceFactory {
  Service create(WorkerScope scope);
}
