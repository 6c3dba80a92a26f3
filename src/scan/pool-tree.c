int pool_tree_missing;
