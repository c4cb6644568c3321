package dev.picket.inference.engine;

import java.util.List;

/**
 * The keys of a session's configuration that ONNX Runtime 1.29 knows and that make sense from a configuration file
 * (onnxruntime_session_options_config_keys.h). ONNX Runtime takes a misspelt one without a word, so ours are held against
 * this list.
 */
public final class SessionKeys {
    public static final List<String> KNOWN = List.of(
            "ep.context_embed_mode",
            "ep.context_enable",
            "ep.context_file_path",
            "ep.context_model_external_initializers_file_name",
            "ep.context_node_name_prefix",
            "ep.enable_weightless",
            "ep.share_ep_contexts",
            "ep.stop_share_ep_contexts",
            "mlas.disable_kleidiai",
            "mlas.enable_gemm_fastmath_arm64_bfloat16",
            "mlas.kleidiai.conv_igemm_max_work",
            "mlas.use_lut_gemm",
            "optimization.constant_folding_max_output_size_in_bytes",
            "optimization.disable_specified_optimizers",
            "optimization.enable_cast_chain_elimination",
            "optimization.enable_gelu_approximation",
            "optimization.minimal_build_optimizations",
            "session.allow_released_opsets_only",
            "session.debug_layout_transformation",
            "session.disable_aot_function_inlining",
            SessionKeys.NO_CPU_FALLBACK,
            "session.disable_double_qdq_remover",
            "session.disable_model_compile",
            "session.disable_prepacking",
            "session.disable_qdq_constant_folding",
            "session.disable_quant_qdq",
            "session.dynamic_block_base",
            "session.enable_dq_matmulnbits_fusion",
            "session.enable_quant_qdq_cleanup",
            "session.fail_on_suboptimal_compiled_model",
            "session.force_spinning_stop",
            "session.graph_optimizations_loop_level",
            "session.inter_op.allow_spinning",
            "session.inter_op.spin_backoff_max",
            "session.inter_op.spin_duration_us",
            "session.intra_op.allow_spinning",
            "session.intra_op.spin_backoff_max",
            "session.intra_op.spin_duration_us",
            "session.intra_op_thread_affinities",
            "session.layer_assignment_settings",
            "session.name_based_layer_assignment",
            "session.node_partition_config_file",
            "session.qdq_matmulnbits_accuracy_level",
            "session.qdq_matmulnbits_block_size",
            "session.qdqisint8allowed",
            "session.resource_cuda_partitioning_settings",
            "session.save_external_prepacked_constant_initializers",
            "session.set_denormal_as_zero",
            "session.strict_shape_type_inference",
            "session.use_device_allocator_for_initializers",
            "session.use_env_allocators",
            "session.x64quantprecision");

    /** A session whose provider leaves an operator to the CPU is refused, in place of answering slowly. */
    static final String NO_CPU_FALLBACK = "session.disable_cpu_ep_fallback";

    private SessionKeys() {}
}
