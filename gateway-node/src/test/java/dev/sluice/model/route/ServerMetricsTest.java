package dev.sluice.model.route;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerMetricsTest {
  @Test
  void areReadFromVllmOfAllEngines() {
    assertThat(ServerMetrics.backlog("""
            # HELP vllm:num_requests_running Number of requests in model execution batches.
            # TYPE vllm:num_requests_running gauge
            vllm:num_requests_running{engine="0",model_name="a model {of} mine"} 3.0
            vllm:num_requests_running{engine="1",model_name="a model {of} mine"} 4.0
            # TYPE vllm:num_requests_waiting gauge
            vllm:num_requests_waiting{engine="0",model_name="m"} 2.0
            vllm:num_requests_waiting{engine="1",model_name="m"} 1.0
            vllm:num_requests_waiting_by_reason{engine="1",reason="capacity"} 100.0
            vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.25
            vllm:kv_cache_usage_perc{engine="1",model_name="m"} 0.75
            vllm:cache_config_info{block_size="16",num_gpu_blocks="8"} 1.0
            """)).isEqualTo(new Backlog(3, 7, 0.75));
    assertThat(ServerMetrics.backlog("""
            vllm:num_requests_waiting 1
            vllm:gpu_cache_usage_perc 0.5
            """))
        .as("as older ones say it")
        .isEqualTo(new Backlog(1, 0, 0.5));
  }

  @Test
  void areReadFromSglang() {
    assertThat(ServerMetrics.backlog("""
            sglang:num_running_reqs{model_name="m"} 8.0 1700000000000
            sglang:num_queue_reqs{model_name="m"} 5.0 1700000000000
            sglang:token_usage{model_name="m"} 0.28 1700000000000
            """)).isEqualTo(new Backlog(5, 8, 0.28));
  }

  @Test
  void areReadFromLlamaCpp() {
    assertThat(ServerMetrics.backlog("""
            llamacpp:requests_processing 1
            llamacpp:requests_deferred 4
            """)).isEqualTo(new Backlog(4, 1, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "vllm:num_requests_running 3",
        "vllm:num_requests_waiting",
        "vllm:num_requests_waiting NaN",
        "vllm:num_requests_waiting{a=\"b\" 3",
        "# vllm:num_requests_waiting 3",
        "<html>vllm:num_requests_waiting 3</html>"
      })
  void whatDoesNotSayWhatWaitsSaysNothing(String page) {
    assertThat(ServerMetrics.backlog(page)).isNull();
  }
}
