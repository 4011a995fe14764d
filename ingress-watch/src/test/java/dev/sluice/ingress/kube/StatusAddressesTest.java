package dev.sluice.ingress.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusAddressesTest {
  /** Of the Service in front of the gateway, as ingress-nginx's {@code --publish-service} has it. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          {"spec": {"type": "LoadBalancer", "clusterIP": "10.0.0.1"}, "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}} | 192.0.2.7
          {"spec": {"type": "LoadBalancer"}, "status": {"loadBalancer": {"ingress": [{"hostname": "lb.example"}]}}} | lb.example
          {"spec": {"type": "LoadBalancer", "externalIPs": ["192.0.2.8"]}, "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}} | 192.0.2.7 192.0.2.8
          {"spec": {"type": "LoadBalancer", "clusterIP": "10.0.0.1"}, "status": {}} | ''
          {"spec": {"type": "NodePort", "clusterIP": "10.0.0.1", "externalIPs": ["192.0.2.8"]}} | 192.0.2.8
          {"spec": {"type": "NodePort", "clusterIP": "10.0.0.1"}} | 10.0.0.1
          {"spec": {"type": "ClusterIP", "clusterIP": "None"}} | ''
          {"spec": {"type": "ExternalName", "externalName": "lb.example"}} | lb.example
          {} | ''
          """)
  void areThoseAtWhichItsClientsReachTheService(String service, String addresses) throws Exception {
    assertThat(String.join(
            " ", StatusWriter.Addresses.ofService(new ObjectMapper().readTree(service))))
        .isEqualTo(addresses);
  }

  @Test
  void areWrittenAsIpsOrAsHostNamesAndAlwaysInOneOrder() {
    assertThat(StatusWriter.Addresses.entries(List.of("lb.example", "2001:db8::1", "192.0.2.7"))
            .toString())
        .isEqualTo(
            "[{\"ip\":\"192.0.2.7\"},{\"ip\":\"2001:db8::1\"},{\"hostname\":\"lb.example\"}]");
  }
}
